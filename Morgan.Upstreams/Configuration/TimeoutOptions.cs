namespace Morgan.Upstreams.Configuration;

/// <summary>How long each stage of a request may take; each 1 ms to 1 day.</summary>
public sealed record TimeoutOptions
{
    /// <summary>To the open connection, TLS included [5 s].</summary>
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Of a stream: from sending to the first data event [1 min].</summary>
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Of an answer that is not streamed: from sending to the response head [5 min].</summary>
    public TimeSpan Response { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two pieces of an answer [2 min].</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Of the whole request, retries and relay included [10 min].</summary>
    public TimeSpan Total { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a waiting stream gets a comment; the caller's business [10 s].</summary>
    public TimeSpan KeepAliveComment { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether <see cref="FirstByte"/> and <see cref="Response"/> follow each host's own latencies (three times the slowest
    /// in a hundred, at least 1 s), with the values here as the upper bound [false].
    /// </summary>
    public bool Adaptive { get; set; }
}
