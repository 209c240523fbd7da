using System.Diagnostics;

namespace Morgan.Benchmarks.Load;

/// <summary>
/// Measures two things in turn, repetition by repetition, so that whatever else the machine does falls on both; every
/// other repetition begins with the other one.
/// </summary>
internal static class Pairs
{
    /// <summary>Measures.</summary>
    /// <param name="repetitions">How many times each.</param>
    /// <param name="ours">Measures Morgan once.</param>
    /// <param name="other">Measures the other once.</param>
    public static async Task<(double[] Ours, double[] Other)> MeasureAsync(int repetitions, Func<Task<double>> ours, Func<Task<double>> other)
    {
        var (a, b) = (new double[repetitions], new double[repetitions]);
        for (var i = 0; i < repetitions; i++)
        {
            if (i % 2 == 0)
            {
                a[i] = await ours();
                b[i] = await other();
            }
            else
            {
                b[i] = await other();
                a[i] = await ours();
            }
        }

        return (a, b);
    }

    /// <summary>How many of something are done in a second.</summary>
    public static async Task<double> PerSecondAsync(int count, Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
