namespace Morgan.Upstreams.Configuration;

/// <summary>The values of <see cref="RateLimitOptions.Algorithm"/>.</summary>
public static class RateLimitAlgorithms
{
    /// <summary>No limit.</summary>
    public const string None = "none";

    /// <summary>A bucket of <see cref="RateLimitOptions.Burst"/> permits that fills at <see cref="RateLimitOptions.RequestsPerSecond"/>.</summary>
    public const string TokenBucket = "token-bucket";

    /// <summary>
    /// Never more than <see cref="RateLimitOptions.RequestsPerSecond"/> × <see cref="RateLimitOptions.Window"/> permits in
    /// any window.
    /// </summary>
    public const string SlidingWindow = "sliding-window";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [None, TokenBucket, SlidingWindow];
}
