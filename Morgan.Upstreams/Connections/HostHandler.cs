using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace Morgan.Upstreams.Connections;

/// <summary>Makes the transport of a host: bytes as they are, no redirects, only to addresses that may be called.</summary>
internal static class HostHandler
{
    // An answer that nobody wants is read to its end so that its connection can be used again: the rest of an error that
    // has come already, not the stream of a host that would go on generating (the framework's default is 2 s).
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMilliseconds(50);

    public static HttpMessageHandler Create(ConnectionKey key) => Create(key, Dns.GetHostAddressesAsync);

    /// <param name="key">What the connections depend on.</param>
    /// <param name="resolve">Looks names up.</param>
    public static SocketsHttpHandler Create(ConnectionKey key, Func<string, CancellationToken, Task<IPAddress[]>> resolve) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = !IsLocal(key.Address),
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = key.ConnectTimeout,
        MaxConnectionsPerServer = key.Pool.MaxConnections == 0 ? int.MaxValue : key.Pool.MaxConnections,
        PooledConnectionIdleTimeout = key.Pool.KeepAlive,
        PooledConnectionLifetime = key.Pool.Lifetime,
        ResponseDrainTimeout = LongestDrain,
        ActivityHeadersPropagator = null, // TraceHeaders adds what a host is told
        SslOptions = Tls(key),
        ConnectCallback = (context, cancellationToken) =>
            GuardedConnection.ConnectAsync(context.DnsEndPoint, resolve, key.AllowLinkLocal, cancellationToken),
    };

    /// <summary>Whether a proxy that the environment names is passed by: it would not find these.</summary>
    private static bool IsLocal(Uri address) =>
        address.IsLoopback || !address.Host.Contains('.', StringComparison.Ordinal) || address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static SslClientAuthenticationOptions Tls(ConnectionKey key)
    {
        var options = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (key.ClientCertificate is { } path)
        {
            var certificate = new ClientCertificate(path, TimeProvider.System);
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate.Current;
        }

        if (key.CertificateAuthority is { } authority)
        {
            options.CertificateChainPolicy = Certificates.TrustOnly(authority);
        }

        return options;
    }
}
