using System.Diagnostics;

namespace Morgan.Benchmarks.Tokenizers;

/// <summary>
/// Times two tokenizers against each other: short rounds over all texts, in turn, so that whatever else the machine does
/// falls on both.
/// </summary>
internal static class TokenizerComparison
{
    private const int Rounds = 101;
    private const int WarmUpRounds = 40;

    /// <summary>Measures; takes some seconds.</summary>
    /// <param name="texts">What to tokenize.</param>
    /// <param name="ours">Morgan's tokenizer: the number of tokens of a text.</param>
    /// <param name="opponent">The other one, or null.</param>
    public static TokenizerResult Measure(string[] texts, Func<string, int> ours, Func<string, int>? opponent)
    {
        for (var round = 0; round < WarmUpRounds; round++)
        {
            Run(texts, ours);
            Run(texts, opponent ?? ours);
        }

        var speeds = new double[Rounds];
        var ratios = new double[Rounds];
        var bytes = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            var tokens = Run(texts, ours);
            speeds[round] = tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
            bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / tokens;
            if (opponent is not null)
            {
                start = Stopwatch.GetTimestamp();
                tokens = Run(texts, opponent);
                ratios[round] = speeds[round] / (tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        Array.Sort(speeds);
        Array.Sort(ratios);
        return new TokenizerResult(
            speeds[Rounds / 2], speeds[Rounds * 9 / 10], bytes,
            opponent is null ? null : (ratios[Rounds / 2], ratios[Rounds / 4], ratios[Rounds * 3 / 4]));
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
