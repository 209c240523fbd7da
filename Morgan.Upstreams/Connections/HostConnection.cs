using System.Net;

namespace Morgan.Upstreams.Connections;

/// <summary>A host's pool of connections.</summary>
internal sealed class HostConnection(ConnectionKey key, HttpMessageHandler handler) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(handler, disposeHandler: true);

    public ConnectionKey Key { get; } = key;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Over TLS the host says whether it speaks HTTP/2; in the clear nobody asks, and HTTP/1.1 is what all speak.
        if (Key.Address.Scheme == Uri.UriSchemeHttps)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        TraceHeaders.Add(request.Headers);
        return _invoker.SendAsync(request, cancellationToken);
    }

    public void Dispose() => _invoker.Dispose();
}
