namespace Morgan.Upstreams.Configuration;

/// <summary>How hosts are checked. A check never makes a host generate anything.</summary>
public sealed record HealthOptions
{
    /// <summary>
    /// The time between two checks of a host, give or take 10 %, and how long a returning host is spared; 10 ms to 1 day
    /// [30 s].
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a check may take, 1 ms to 10 min [5 s].</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Consecutive failures, checks and requests together, that make a host degraded, 1 to 1000 [2].</summary>
    public int DegradedThreshold { get; set; } = 2;

    /// <summary>Consecutive failures that make it unhealthy, <see cref="DegradedThreshold"/> to 1000 [5].</summary>
    public int UnhealthyThreshold { get; set; } = 5;
}
