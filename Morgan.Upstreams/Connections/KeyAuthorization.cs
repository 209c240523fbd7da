using System.Net.Http.Headers;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Connections;

/// <summary>The host's own key: <c>Authorization: Bearer</c>, for Azure <c>api-key</c>.</summary>
public sealed class KeyAuthorization : IHostAuthorization
{
    /// <inheritdoc/>
    public ValueTask AuthorizeAsync(Host host, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(request);
        if (host.Key.Read() is not { } key)
        {
            return ValueTask.CompletedTask;
        }

        if (host.Options.Kind == HostKinds.Azure)
        {
            request.Headers.TryAddWithoutValidation("api-key", key);
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return ValueTask.CompletedTask;
    }
}
