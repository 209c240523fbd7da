using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Morgan.Upstreams.Connections;

/// <summary>Makes the transport of a host: bytes as they are, no redirects, only to addresses that may be called.</summary>
internal static class HostHandler
{
    private static readonly TraceOnlyPropagator Trace = new();

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
        ActivityHeadersPropagator = Trace,
        SslOptions = Tls(key),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, resolve, cancellationToken),
    };

    /// <summary>Whether a proxy that the environment names is passed by: it would not find these.</summary>
    private static bool IsLocal(Uri address) =>
        address.IsLoopback || !address.Host.Contains('.', StringComparison.Ordinal) || address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static SslClientAuthenticationOptions Tls(ConnectionKey key)
    {
        var options = new SslClientAuthenticationOptions();
        if (key.ClientCertificate is { } certificate)
        {
            options.ClientCertificates = [Certificates.ReadWithKey(certificate)];
        }

        if (key.CertificateAuthority is { } authority)
        {
            options.CertificateChainPolicy = Certificates.TrustOnly(authority);
        }

        return options;
    }

    // The addresses are checked after the name was resolved, and it is those that are connected to: a name that points to
    // a metadata service, or does so on second thoughts, reaches nothing.
    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint endpoint,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        CancellationToken cancellationToken)
    {
        var addresses = await resolve(endpoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => !AddressGuard.IsForbidden(address));
        if (allowed.Length == 0)
        {
            throw new IOException($"{endpoint.Host} has no address that may be called (link-local and metadata addresses may not)");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
