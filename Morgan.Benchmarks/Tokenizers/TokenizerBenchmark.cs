using Microsoft.ML.Tokenizers;
using Morgan.EmbeddingService.Tokenizers;

namespace Morgan.Benchmarks.Tokenizers;

/// <summary>
/// Tokens per second on one core and bytes allocated per token, against Microsoft.ML.Tokenizers in the same run, on the
/// sentences of STS-B.
/// </summary>
internal static class TokenizerBenchmark
{
    /// <summary>Measures and writes the report.</summary>
    /// <param name="shared">The folder of shared models, tokenizers and data sets.</param>
    /// <param name="output">Where the report goes.</param>
    public static void Run(string shared, TextWriter output)
    {
        var texts = ReadTexts(Path.Combine(shared, "datasets", "stsb", "stsb-en-dev.csv"));
        var bert = Path.Combine(shared, "tokenizers", "bert-base-uncased");
        var use = Path.Combine(shared, "models", "use-lite");

        var microsoftBert = BertTokenizer.Create(Path.Combine(bert, "vocab.txt"));
        using var model = File.OpenRead(Path.Combine(use, "sentencepiece.model"));
        var microsoftSentencePiece = SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false);

        TokenizerReport.WriteHeading(output);
        var ours = Ours(bert);
        TokenizerReport.WriteLine(output, "WordPiece (bert-base-uncased)", TokenizerComparison.Measure(texts, ours, text => microsoftBert.EncodeToIds(text).Count));
        ours = Ours(use);
        TokenizerReport.WriteLine(output, "Unigram (use-lite)", TokenizerComparison.Measure(texts, ours, text => microsoftSentencePiece.EncodeToIds(text).Count));
        ours = Ours(Path.Combine(shared, "models", "wink-100d"));
        TokenizerReport.WriteLine(output, "WordLevel (wink-100d)", TokenizerComparison.Measure(texts, ours, opponent: null));
    }

    private static Func<string, int> Ours(string folder)
    {
        var tokenizer = TokenizerLoader.Load(folder);
        var buffer = new TokenBuffer();
        return text =>
        {
            buffer.Clear();
            return tokenizer.Encode(text, buffer, int.MaxValue);
        };
    }

    private static string[] ReadTexts(string path) =>
        [.. File.ReadLines(path).SelectMany(line => line.Split(',')).Where(part => part.Length > 15)];
}
