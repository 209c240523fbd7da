using System.Net;
using Microsoft.AspNetCore.Http;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>
/// Where a browser's request comes from. A page can make its visitor's browser send requests to any address that the
/// visitor reaches; where no key is asked for, nothing else would keep foreign pages out.
/// </summary>
internal static class BrowserOrigin
{
    /// <summary>
    /// Whether another site's page has sent the request. Only browsers send <c>Origin</c>, and a page can't change it.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="localOnly">
    /// Whether pages of the machine or its network alone count as the service's own: a name of the attacker's can be
    /// pointed at the service after its page was loaded, and is then the same for <c>Host</c> and <c>Origin</c>.
    /// </param>
    public static bool IsForeign(HttpRequest request, bool localOnly)
    {
        if (request.Headers.Origin.Count == 0)
        {
            return false;
        }

        return !Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            || !origin.Authority.Equals(WithoutDefaultPort(request), StringComparison.OrdinalIgnoreCase)
            || (localOnly && !IsLocal(origin));
    }

    private static string WithoutDefaultPort(HttpRequest request) =>
        request.Host.Port is 80 or 443 ? request.Host.Host : request.Host.Value ?? "";

    private static bool IsLocal(Uri origin) =>
        origin.IsLoopback
        || IPAddress.TryParse(origin.DnsSafeHost, out _)
        || !origin.Host.Contains('.', StringComparison.Ordinal)
        || origin.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
