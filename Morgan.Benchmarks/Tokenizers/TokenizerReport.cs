using System.Globalization;

namespace Morgan.Benchmarks.Tokenizers;

/// <summary>Writes the comparison as Markdown.</summary>
internal static class TokenizerReport
{
    /// <summary>Writes the heading.</summary>
    public static void WriteHeading(TextWriter output)
    {
        output.WriteLine("# Tokenizers: Morgan against Microsoft.ML.Tokenizers, one thread");
        output.WriteLine();
        output.WriteLine("Ratios are of pairs of rounds timed one after the other; quartiles in brackets.");
        output.WriteLine();
        output.WriteLine("| tokenizer | M tokens/s, median | M tokens/s, 90th percentile | bytes/token | ratio |");
        output.WriteLine("|---|---:|---:|---:|---:|");
    }

    /// <summary>Writes the line of one tokenizer.</summary>
    public static void WriteLine(TextWriter output, string name, TokenizerResult result)
    {
        var ratio = result.Ratio is var (median, low, high)
            ? string.Create(CultureInfo.InvariantCulture, $"{median:0.00} ({low:0.00}–{high:0.00})")
            : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {result.TokensPerSecond / 1e6:0.0} | {result.BestTokensPerSecond / 1e6:0.0} | {result.BytesPerToken:0.00} | {ratio} |"));
    }
}
