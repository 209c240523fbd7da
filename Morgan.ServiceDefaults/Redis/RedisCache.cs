using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>The shared cache, connection string <c>cache</c>. It may evict anything at any time.</summary>
public sealed class RedisCache : RedisStore
{
    /// <summary>The connection string's name.</summary>
    public const string ConnectionName = "cache";

    internal RedisCache(IServiceProvider services, bool configured, RedisKeys keys, ILogger<RedisCache> logger)
        : base(configured ? ConnectionName : null, services.GetRequiredService<IConnectionMultiplexer>, keys, logger)
    {
    }
}
