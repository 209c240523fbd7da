using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>Adds the store of limits and leases.</summary>
public static class RedisStateRegistration
{
    private const int ConnectTimeoutMs = 2000;

    /// <summary>
    /// Registers <see cref="RedisState"/> on connection string <c>state</c>, or else <c>cache</c>, connected in the
    /// background. A command that cannot be sent at once fails instead of waiting for a connection.
    /// </summary>
    public static void AddRedisState(this IHostApplicationBuilder builder)
    {
        var name = IsGiven(RedisState.ConnectionName) ? RedisState.ConnectionName
            : IsGiven(RedisCache.ConnectionName) ? RedisCache.ConnectionName
            : null;
        if (name is not null)
        {
            builder.AddKeyedRedisClient(
                name,
                settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, true),
                options => (options.AbortOnConnectFail, options.ConnectTimeout, options.BacklogPolicy) =
                    (false, ConnectTimeoutMs, BacklogPolicy.FailFast));
        }

        builder.Services.AddSingleton(provider => new RedisState(
            name, () => provider.GetRequiredKeyedService<IConnectionMultiplexer>(name), provider.GetRequiredService<ILogger<RedisState>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisState>());

        bool IsGiven(string connection) => !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(connection));
    }
}
