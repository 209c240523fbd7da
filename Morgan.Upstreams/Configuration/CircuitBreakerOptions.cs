namespace Morgan.Upstreams.Configuration;

/// <summary>When a failing host is left alone.</summary>
public sealed record CircuitBreakerOptions
{
    /// <summary>Consecutive failures that open the circuit, 1 to 1000 [5].</summary>
    public int FailureThreshold { get; set; } = 5;

    /// <summary>Consecutive successes that close a half-open circuit, and how many may be tried at once, 1 to 100 [2].</summary>
    public int SuccessThreshold { get; set; } = 2;

    /// <summary>How long the circuit stays open the first time, 1 ms to 1 day; doubled with each failed return [1 min].</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest break, and the longest Retry-After that is believed, <see cref="BreakDuration"/> to 1 day [10 min].</summary>
    public TimeSpan MaxBreakDuration { get; set; } = TimeSpan.FromMinutes(10);
}
