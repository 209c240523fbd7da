namespace Morgan.Upstreams.Configuration;

/// <summary>
/// The hosts and how to call them: section <c>Llm</c> of the gateway, <c>Embedding:Remote</c> of the embedding service.
/// Treat an instance as immutable. <see cref="UpstreamOptionsValidator"/> says what is wrong with one.
/// </summary>
/// <remarks>Open for a service that has more keys in the same section.</remarks>
public class UpstreamOptions
{
    /// <summary>How a host is chosen, one of <see cref="Strategies"/> [least-loaded].</summary>
    public string Strategy { get; set; } = Strategies.LeastLoaded;

    /// <summary>The hosts [none]. Names are unique.</summary>
    public IReadOnlyList<HostOptions> Hosts { get; set; } = [];

    /// <summary>When and how often a request is sent again.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>When a failing host is left alone.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>How many requests a host gets.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>How hosts are checked.</summary>
    public HealthOptions Health { get; set; } = new();

    /// <summary>Connections of each host.</summary>
    public PoolOptions Pool { get; set; } = new();

    /// <summary>How long each stage of a request may take.</summary>
    public TimeoutOptions Timeouts { get; set; } = new();

    /// <summary>Whether a late request is sent to a second host as well.</summary>
    public HedgingOptions Hedging { get; set; } = new();
}
