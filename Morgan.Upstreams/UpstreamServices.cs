using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Health;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams;

/// <summary>Registers the engine.</summary>
public static class UpstreamServices
{
    /// <summary>
    /// Adds <see cref="HostRegistry"/>, <see cref="UpstreamClient"/> and the health checks of the registry's hosts. The
    /// service applies its options to the registry before it serves, and on each reload. Uses <see cref="TimeProvider"/>,
    /// <see cref="IHostAuthorization"/>, <see cref="IFleet"/> and service discovery where they are registered.
    /// </summary>
    public static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostAuthorization, KeyAuthorization>();
        services.TryAddSingleton(CreateRegistry);
        services.TryAddSingleton(provider => new UpstreamClient(provider.GetRequiredService<HostRegistry>().Context));
        services.AddHostedService(provider => new HealthMonitor(provider.GetRequiredService<HostRegistry>()));
        return services;
    }

    private static HostRegistry CreateRegistry(IServiceProvider provider)
    {
        var context = new HostContext(
            new MonotonicClock(provider.GetRequiredService<TimeProvider>()),
            Random.Shared,
            new Pulse(),
            new UpstreamMetrics(provider.GetRequiredService<IMeterFactory>()),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Morgan.Upstreams"))
        {
            Fleet = provider.GetService<IFleet>(),
        };
        return new HostRegistry(
            context, provider.GetRequiredService<IHostAuthorization>(), provider.GetService<ServiceEndpointResolver>());
    }
}
