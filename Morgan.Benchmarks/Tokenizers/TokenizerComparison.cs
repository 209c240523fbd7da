using System.Diagnostics;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Tokenizers;

/// <summary>
/// Times two tokenizers against each other: short rounds over all texts, in turn, so that whatever else the machine does
/// falls on both.
/// </summary>
internal static class TokenizerComparison
{
    private const int Rounds = 61;
    private const int WarmUpRounds = 20;
    private const double Million = 1e6;

    /// <summary>Measures; takes some seconds.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="texts">What to tokenize.</param>
    /// <param name="ours">Morgan's tokenizer: the number of tokens of a text.</param>
    /// <param name="opponent">The other one, or null.</param>
    public static IEnumerable<Measurement> Measure(string name, string[] texts, Func<string, int> ours, Func<string, int>? opponent)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            Run(texts, ours);
            Run(texts, opponent ?? ours);
        }

        var (speeds, bytes, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            (speeds[round], bytes[round]) = Round(texts, ours);
            ratios[round] = opponent is null ? 0 : speeds[round] / Round(texts, opponent).Speed;
        }

        yield return new Measurement($"{name}: speed", "M tokens/s", [.. speeds.Select(speed => speed / Million)], Goal.AtLeast(2));
        yield return new Measurement($"{name}: allocated", "B/token", bytes, Goal.AtMost(64));
        if (opponent is not null)
        {
            yield return new Measurement($"{name}: against Microsoft.ML.Tokenizers", "", ratios);
        }
    }

    private static (double Speed, double Bytes) Round(string[] texts, Func<string, int> tokenize)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var tokens = Run(texts, tokenize);
        return (tokens / Stopwatch.GetElapsedTime(start).TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / tokens);
    }

    private static long Run(string[] texts, Func<string, int> tokenize)
    {
        var tokens = 0L;
        foreach (var text in texts)
        {
            tokens += tokenize(text);
        }

        return tokens;
    }
}
