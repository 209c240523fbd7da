namespace Morgan.Upstreams.CircuitBreaking;

/// <summary>What a circuit breaker learns from an outcome.</summary>
internal enum BreakerSignal
{
    None,
    Success,
    Failure,
}
