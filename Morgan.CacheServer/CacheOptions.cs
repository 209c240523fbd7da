using System.Net;

namespace Morgan.CacheServer;

/// <summary>Configuration section <c>Cache</c>, from environment variables (<c>Cache__Port</c>) and the command line (<c>--Cache:Port 6379</c>).</summary>
internal sealed record CacheOptions
{
    /// <summary>TCP port, 1 to 65,535; default 6379, as Redis.</summary>
    public int Port { get; init; } = 6379;

    /// <summary>Address to listen on; default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>What clients have to give with <c>AUTH</c>; null for none, which only a loopback address allows.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Memory for keys, values and their index in bytes, 64 MiB to 1 TiB; default 256 MiB. Past it the entries longest
    /// unused go. The process itself takes about 100 MiB on top. Single values should stay below 1/64 of it (4 MiB of
    /// the default): larger ones are kept on the heap and make room for themselves late.
    /// </summary>
    public long MaxMemoryBytes { get; init; } = 256L << 20;
}
