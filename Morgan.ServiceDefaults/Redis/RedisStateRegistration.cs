using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>Adds the store of limits and leases.</summary>
public static class RedisStateRegistration
{
    /// <summary>
    /// Registers <see cref="RedisState"/> on connection string <c>state</c>, or else <c>cache</c>, connected in the
    /// background. A command that cannot be sent at once fails instead of waiting for a connection.
    /// </summary>
    /// <exception cref="Configuration.ConfigurationException">Section <c>Redis</c> is wrong; the message names the key.</exception>
    public static void AddRedisState(this IHostApplicationBuilder builder)
    {
        var name = IsGiven(RedisState.ConnectionName) ? RedisState.ConnectionName
            : IsGiven(RedisCache.ConnectionName) ? RedisCache.ConnectionName
            : null;
        var setUp = builder.AddRedisSetup();
        if (name is not null)
        {
            builder.AddKeyedRedisClient(
                name,
                settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, true),
                options =>
                {
                    setUp(options);
                    options.BacklogPolicy = BacklogPolicy.FailFast;
                });
        }

        builder.Services.AddSingleton(provider => new RedisState(
            name, () => provider.GetRequiredKeyedService<IConnectionMultiplexer>(name), setUp, provider.GetRequiredService<RedisKeys>(), provider.GetRequiredService<ILogger<RedisState>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisState>());

        bool IsGiven(string connection) => !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(connection));
    }
}
