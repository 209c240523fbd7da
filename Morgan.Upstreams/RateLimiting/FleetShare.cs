using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>A replica's part of a host's limit, while it cannot ask the others: the parts of all are the limit at most.</summary>
internal static class FleetShare
{
    public static RateLimitOptions Of(RateLimitOptions limit, int replicas)
    {
        var rate = limit.RequestsPerSecond / replicas;
        var whole = rate * limit.Window.TotalSeconds;

        // Less than one permit in a window is one in a longer window.
        return limit with
        {
            RequestsPerSecond = rate,
            Burst = Math.Max(1, limit.Burst / replicas),
            Window = limit.Algorithm == RateLimitAlgorithms.SlidingWindow && whole < 1 ? limit.Window / whole : limit.Window,
        };
    }
}
