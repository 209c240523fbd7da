using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams;

/// <summary>Registers the engine.</summary>
public static class UpstreamServices
{
    /// <summary>
    /// Adds <see cref="HostRegistry"/> and <see cref="UpstreamClient"/>. The service applies its options to the registry
    /// before it serves, and on each reload. Uses <see cref="TimeProvider"/> and <see cref="IHostAuthorization"/> where
    /// they are registered.
    /// </summary>
    public static IServiceCollection AddUpstreams(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostAuthorization, KeyAuthorization>();
        services.TryAddSingleton(provider => new HostRegistry(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostAuthorization>()));
        services.TryAddSingleton(provider =>
        {
            var clock = new MonotonicClock(provider.GetRequiredService<TimeProvider>());
            return new UpstreamClient(new AttemptContext(clock, new RetryBudget(clock, always: 10), Random.Shared));
        });
        return services;
    }
}
