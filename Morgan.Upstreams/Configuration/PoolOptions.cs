namespace Morgan.Upstreams.Configuration;

/// <summary>The connections of each host.</summary>
public sealed record PoolOptions
{
    /// <summary>Connections at once, 0 to 100,000; 0: unlimited [0].</summary>
    public int MaxConnections { get; set; }

    /// <summary>How long an idle connection is kept, 1 s to 1 day [90 s].</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// The age at which a connection takes no new request, so that changes of DNS are followed, 1 s to 1 day [5 min].
    /// </summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);
}
