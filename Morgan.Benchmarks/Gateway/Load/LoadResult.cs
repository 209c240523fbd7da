namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>One run of load: how many answers a second, and how long they took.</summary>
/// <param name="Answers">How many there were.</param>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="P50">Median in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="P999">99.9th percentile in milliseconds.</param>
internal sealed record LoadResult(int Answers, double PerSecond, double P50, double P99, double P999)
{
    /// <summary>The figures of latencies in ticks.</summary>
    public static LoadResult Of(List<long> ticks, TimeSpan elapsed)
    {
        ticks.Sort();
        return new LoadResult(ticks.Count, ticks.Count / elapsed.TotalSeconds, At(ticks, 0.5), At(ticks, 0.99), At(ticks, 0.999));
    }

    private static double At(List<long> sorted, double quantile) =>
        sorted.Count == 0 ? 0 : TimeSpan.FromTicks(sorted[Math.Min(sorted.Count - 1, (int)(quantile * sorted.Count))]).TotalMilliseconds;
}
