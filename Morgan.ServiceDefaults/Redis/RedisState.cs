using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// The store of limits and leases, connection string <c>state</c>: one that does not evict. Where there is none, the cache
/// holds them too (<see cref="IsCache"/>), and what it evicts is forgotten.
/// </summary>
public sealed class RedisState : RedisStore
{
    /// <summary>The connection string's name.</summary>
    public const string ConnectionName = "state";

    private readonly Action<ConfigurationOptions> _setUp;

    internal RedisState(
        string? name, Func<IConnectionMultiplexer> connect, Action<ConfigurationOptions> setUp, RedisKeys keys, ILogger<RedisState> logger)
        : base(name, connect, keys, logger) => (_setUp, IsCache) = (setUp, name == RedisCache.ConnectionName);

    /// <summary>Whether it is the cache, for want of a connection string of its own.</summary>
    public bool IsCache { get; }

    /// <summary>The options for a further connection to the same store.</summary>
    /// <param name="connected">The connection that there is.</param>
    public ConfigurationOptions OptionsLike(IConnectionMultiplexer connected)
    {
        // The text has the password, but not what only section Redis can say.
        var options = ConfigurationOptions.Parse(connected.Configuration);
        _setUp(options);
        return options;
    }
}
