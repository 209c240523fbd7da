using System.Diagnostics;

namespace Morgan.EmbeddingService.Inference;

/// <summary>What was found to be best for a model on this machine.</summary>
/// <param name="TokensPerRun">How many tokens a run should have at most.</param>
/// <param name="Callers">How many runs should go on at once.</param>
/// <param name="TokensPerSecond">How fast that is, all callers together.</param>
internal sealed record Calibration(int TokensPerRun, int Callers, double TokensPerSecond)
{
    private const int TextTokens = 32;

    // A larger run, or another number of callers, must be better by this factor to be worth it.
    private const double Worthwhile = 1.05;

    private static readonly int[] TextsPerRun = [1, 4, 16];
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(40);

    /// <summary>Measures; takes a quarter of a second, longer only where a single run does.</summary>
    /// <param name="engine">The model, which has run before.</param>
    /// <param name="vocabulary">Its ids are below this.</param>
    /// <param name="maxTokens">The longest text it takes.</param>
    /// <param name="maxTextsPerRun">1 where its texts must run one by one.</param>
    /// <param name="callers">How many callers to use; 0: find out.</param>
    public static Calibration Measure(IEngine engine, int vocabulary, int maxTokens, int maxTextsPerRun, int callers)
    {
        var (best, texts) = (0.0, 1);
        foreach (var count in TextsPerRun)
        {
            if (count > maxTextsPerRun)
            {
                break;
            }

            var speed = Speed(engine, vocabulary, maxTokens, count, 1);
            if (speed > best * Worthwhile)
            {
                (best, texts) = (speed, count);
            }
        }

        var cores = Environment.ProcessorCount;
        var chosen = callers > 0 ? callers : cores;
        var together = chosen > 1 ? Speed(engine, vocabulary, maxTokens, texts, chosen) : best;
        if (callers == 0 && cores > 2 && Speed(engine, vocabulary, maxTokens, texts, cores / 2) is var half && half > together * Worthwhile)
        {
            (chosen, together) = (cores / 2, half);
        }

        return new Calibration(texts * TextTokens, chosen, together);
    }

    private static double Speed(IEngine engine, int vocabulary, int maxTokens, int textCount, int callers)
    {
        var tokens = 0L;
        var began = Stopwatch.GetTimestamp();
        var threads = new Thread[callers];
        for (var i = 0; i < callers; i++)
        {
            threads[i] = new Thread(() => Interlocked.Add(ref tokens, Work(engine, vocabulary, maxTokens, textCount))) { IsBackground = true };
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        return tokens / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static long Work(IEngine engine, int vocabulary, int maxTokens, int textCount)
    {
        var (texts, vectors, random) = (new int[textCount][], new float[textCount][], new Random(1));
        for (var i = 0; i < textCount; i++)
        {
            (texts[i], vectors[i]) = (new int[Math.Min(TextTokens, maxTokens)], new float[engine.Dimensions]);
            for (var k = 0; k < texts[i].Length; k++)
            {
                texts[i][k] = random.Next(vocabulary);
            }
        }

        var (tokens, began) = (0L, Stopwatch.GetTimestamp());
        do
        {
            engine.Run(texts, vectors);
            tokens += (long)textCount * texts[0].Length;
        }
        while (Stopwatch.GetElapsedTime(began) < Each);

        return tokens;
    }
}
