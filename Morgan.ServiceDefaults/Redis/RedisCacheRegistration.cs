using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>Adds the shared cache.</summary>
public static class RedisCacheRegistration
{
    /// <summary>Registers <see cref="RedisCache"/> on connection string <c>cache</c>, connected in the background, with the health check <c>cache</c>.</summary>
    /// <exception cref="Configuration.ConfigurationException">Section <c>Redis</c> is wrong; the message names the key.</exception>
    public static void AddRedisCache(this IHostApplicationBuilder builder)
    {
        var configured = !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(RedisCache.ConnectionName));
        var setUp = builder.AddRedisSetup();
        if (configured)
        {
            builder.AddRedisClient(
                RedisCache.ConnectionName,
                settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, true),
                setUp);
        }

        builder.Services.AddSingleton(provider =>
            new RedisCache(provider, configured, provider.GetRequiredService<RedisKeys>(), provider.GetRequiredService<ILogger<RedisCache>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisCache>());
        builder.Services.AddHealthChecks().AddCheck<RedisCacheHealth>(RedisCache.ConnectionName);
    }
}
