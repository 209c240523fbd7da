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
        var length = Length(options, round);
        return options.Jitter ? length * random.NextDouble() : length;
    }

    /// <summary>The pause without jitter.</summary>
    public static TimeSpan Length(RetryOptions options, int round) => new(
        (long)Math.Min(options.BaseDelay.Ticks * Math.Pow(options.ExponentialBase, round), options.MaxDelay.Ticks));
}
