namespace Morgan.Upstreams.CircuitBreaking;

/// <summary>Whether a host's circuit lets requests through.</summary>
public enum CircuitState
{
    /// <summary>All of them.</summary>
    Closed,

    /// <summary>None, until the break is over.</summary>
    Open,

    /// <summary>A few, to see whether the host is back.</summary>
    HalfOpen,
}
