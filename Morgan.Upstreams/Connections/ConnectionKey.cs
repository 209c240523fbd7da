using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Connections;

/// <summary>What a host's connections depend on: as long as it stays the same, a reload keeps them.</summary>
internal sealed record ConnectionKey(
    Uri Address,
    string? ClientCertificate,
    string? CertificateAuthority,
    PoolOptions Pool,
    TimeSpan ConnectTimeout,
    bool AllowLinkLocal = false)
{
    public static ConnectionKey Of(Uri address, HostOptions host, UpstreamOptions options) =>
        new(address, host.ClientCertificate, host.CertificateAuthority, options.Pool, options.Timeouts.Connect, host.AllowLinkLocal);
}
