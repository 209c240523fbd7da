namespace Morgan.Upstreams.CircuitBreaking;

/// <summary>The right to send one request. Outcomes of a permit that is older than the circuit's state say nothing about it.</summary>
/// <param name="Generation">The state's number when the permit was given.</param>
/// <param name="IsProbe">Whether it holds one of the half-open circuit's places.</param>
internal readonly record struct BreakerPermit(int Generation, bool IsProbe);
