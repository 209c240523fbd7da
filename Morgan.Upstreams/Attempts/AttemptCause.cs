namespace Morgan.Upstreams.Attempts;

/// <summary>Why there was an attempt.</summary>
public enum AttemptCause
{
    /// <summary>The request's first.</summary>
    First,

    /// <summary>Another host, at once, because one failed.</summary>
    Failover,

    /// <summary>After a pause, because all candidates had failed.</summary>
    Retry,

    /// <summary>A second host, while the first is late.</summary>
    Hedge,
}
