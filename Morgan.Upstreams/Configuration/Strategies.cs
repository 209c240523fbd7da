namespace Morgan.Upstreams.Configuration;

/// <summary>The values of <see cref="UpstreamOptions.Strategy"/>.</summary>
public static class Strategies
{
    /// <summary>One after the other.</summary>
    public const string RoundRobin = "round-robin";

    /// <summary>By chance, in proportion to the weights.</summary>
    public const string Random = "random";

    /// <summary>The host with the fewest requests in flight for its weight; failures count as load for a while.</summary>
    public const string LeastLoaded = "least-loaded";

    /// <summary>In turn, in exact proportion to the weights (earliest deadline first).</summary>
    public const string Weighted = "weighted";

    /// <summary>The better of two by time to first token (peak EWMA) and load.</summary>
    public const string Latency = "latency";

    /// <summary>The host that has seen the prompt's prefix, unless it carries more than its share.</summary>
    public const string PrefixAffinity = "prefix-affinity";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [RoundRobin, Random, LeastLoaded, Weighted, Latency, PrefixAffinity];
}
