namespace Morgan.ServiceDefaults.Bounds;

/// <summary>
/// Section <c>Bounds</c>: how much of a connection a client may take before a request of its is known. Read at the start.
/// What a request may hold and how long it may take is with the service's own options; docs/security.md has all of them.
/// </summary>
public sealed class BoundsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Bounds";

    /// <summary>Connections at once, 1 to 1,000,000 [10,000]. One more is closed at once.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>The first line of a request in bytes, 256 to 65,536 [8,192]. Past it: 414.</summary>
    public int MaxRequestLineBytes { get; set; } = 8192;

    /// <summary>All headers of a request in bytes, 1,024 to 1,048,576 [32,768]. Past it: 431.</summary>
    public int MaxHeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The number of headers, 10 to 1,000 [100]. Past it: 431.</summary>
    public int MaxHeaders { get; set; } = 100;

    /// <summary>From the first byte of a request to the end of its headers, 1 s to 10 min [15 s]. Past it: 408.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may be idle between requests, 1 s to 1 hour [2 min]. Past it: closed.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The least that a client sends of a body, and takes of an answer that waits for it, in bytes a second after the
    /// first 5 s, 1 to 1,000,000 [240]. Below it: 408, or the connection is closed.
    /// </summary>
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary>Requests at once on an HTTP/2 connection, 1 to 10,000 [100]. One more is refused.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;
}
