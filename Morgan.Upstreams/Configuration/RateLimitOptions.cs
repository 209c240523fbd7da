namespace Morgan.Upstreams.Configuration;

/// <summary>How many requests each host gets.</summary>
public sealed record RateLimitOptions
{
    /// <summary>One of <see cref="RateLimitAlgorithms"/> [none].</summary>
    public string Algorithm { get; set; } = RateLimitAlgorithms.None;

    /// <summary>The lasting rate, 0.001 to 1,000,000 [10].</summary>
    public double RequestsPerSecond { get; set; } = 10;

    /// <summary>The bucket's size (token-bucket), 1 to 1,000,000 [20].</summary>
    public int Burst { get; set; } = 20;

    /// <summary>The window (sliding-window), 1 ms to 1 day; window × rate is 1 to 1,000,000 [1 s].</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait for a permit or for a free place on a full host, 0 to 10 min [10 s].</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Requests that may wait for one host, 0 to 1,000,000 [1000]. Those of one flow, such as a tenant, leave a ninth
    /// of the places free for others.
    /// </summary>
    public int QueueLimit { get; set; } = 1000;
}
