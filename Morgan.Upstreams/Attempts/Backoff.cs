using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Attempts;

/// <summary>The pause after a round in which every candidate failed: exponential, with full jitter.</summary>
internal static class Backoff
{
    /// <param name="options">Base, factor and limit.</param>
    /// <param name="round">0 after the first round.</param>
    /// <param name="random">Draws the jitter.</param>
    public static TimeSpan Delay(RetryOptions options, int round, Random random)
    {
        var ticks = Math.Min(options.BaseDelay.Ticks * Math.Pow(options.ExponentialBase, round), options.MaxDelay.Ticks);
        return new TimeSpan((long)(options.Jitter ? ticks * random.NextDouble() : ticks));
    }
}
