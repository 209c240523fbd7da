using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Health;

/// <summary>The request that asks a host whether it is there. It makes no host generate anything, so it costs nothing.</summary>
internal static class HealthProbe
{
    /// <summary>
    /// OpenAI: <c>GET {url}/models</c>. Ollama: <c>GET /api/version</c>, beside its <c>/v1</c>. Azure:
    /// <c>GET {url}/openai/models?api-version=…</c>.
    /// </summary>
    public static Uri UriOf(Host host) => host.Options.Kind switch
    {
        HostKinds.Ollama => new Uri(host.Address, "/api/version"),
        HostKinds.Azure => host.UriFor(AzurePath(host)),
        _ => host.UriFor("models"),
    };

    // The configured address may or may not hold the /openai that all paths of Azure begin with.
    private static string AzurePath(Host host)
    {
        var path = $"models?api-version={Uri.EscapeDataString(host.Options.ApiVersion ?? "")}";
        return host.Address.AbsolutePath.EndsWith("/openai", StringComparison.OrdinalIgnoreCase) ? path : $"openai/{path}";
    }
}
