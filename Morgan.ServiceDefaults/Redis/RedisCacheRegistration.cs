using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>Adds the shared cache.</summary>
public static class RedisCacheRegistration
{
    private const int ConnectTimeoutMs = 2000;

    /// <summary>Registers <see cref="RedisCache"/> on connection string <c>cache</c>, connected in the background, with the health check <c>cache</c>.</summary>
    public static void AddRedisCache(this IHostApplicationBuilder builder)
    {
        var configured = !string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(RedisCache.ConnectionName));
        if (configured)
        {
            builder.AddRedisClient(
                RedisCache.ConnectionName,
                settings => (settings.DisableHealthChecks, settings.DisableTracing) = (true, true),
                options => (options.AbortOnConnectFail, options.ConnectTimeout) = (false, ConnectTimeoutMs));
        }

        builder.Services.AddSingleton(provider =>
            new RedisCache(provider, configured, provider.GetRequiredService<ILogger<RedisCache>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisCache>());
        builder.Services.AddHealthChecks().AddCheck<RedisCacheHealth>(RedisCache.ConnectionName);
    }
}
