using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Connections;

/// <summary>Adds a host's credentials to a request. Called for every attempt, check and discovery call.</summary>
public interface IHostAuthorization
{
    /// <summary>Sets the header that the host asks for; leaves the request alone when it asks for none.</summary>
    /// <exception cref="HostAuthorizationException">The credentials can't be had.</exception>
    ValueTask AuthorizeAsync(Host host, HttpRequestMessage request, CancellationToken cancellationToken);
}
