using System.Net;

namespace Morgan.Upstreams.Connections;

/// <summary>A host's pool of connections.</summary>
internal sealed class HostConnection : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    public HostConnection(ConnectionKey key)
    {
        Key = key;
        _invoker = new HttpMessageInvoker(CreateHandler(key), disposeHandler: true);
    }

    public ConnectionKey Key { get; }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Key.Address.Scheme == Uri.UriSchemeHttps)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        return _invoker.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(ConnectionKey key) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = key.ConnectTimeout,
        MaxConnectionsPerServer = key.Pool.MaxConnections == 0 ? int.MaxValue : key.Pool.MaxConnections,
        PooledConnectionIdleTimeout = key.Pool.KeepAlive,
        PooledConnectionLifetime = key.Pool.Lifetime,
    };
}
