using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Client;

/// <summary>The HTTP client that talks to a gateway: with the application's service discovery, without its resilience.</summary>
internal static class GatewayHttpClient
{
    // The clients are singletons and keep theirs, so that it is the connections that must not outlive a change of address.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>Adds it.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name at <see cref="IHttpClientFactory"/>.</param>
    public static IHttpClientBuilder Add(IServiceCollection services, string name) => services
        .AddHttpClient(name, http => http.Timeout = Timeout.InfiniteTimeSpan) // OpenAI's client has its own, which lets streams run
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .UseSocketsHttpHandler((handler, _) =>
        {
            handler.PooledConnectionLifetime = ConnectionLifetime;
            handler.AllowAutoRedirect = false;
        })
        .ConfigureAdditionalHttpMessageHandlers((handlers, _) => RemoveResilience(handlers));

    // Service defaults often give every client the standard resilience: 10 s for an attempt and 3 more attempts, which
    // ends long answers and sends each request again that Morgan has already taken to several hosts. By name, since the
    // package need not be there.
    private static void RemoveResilience(IList<DelegatingHandler> handlers)
    {
        for (var i = handlers.Count - 1; i >= 0; i--)
        {
            if (handlers[i].GetType().FullName == "Microsoft.Extensions.Http.Resilience.ResilienceHandler")
            {
                handlers.RemoveAt(i);
            }
        }
    }
}
