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

    internal RedisState(string? name, Func<IConnectionMultiplexer> connect, ILogger<RedisState> logger)
        : base(name, connect, logger) => IsCache = name == RedisCache.ConnectionName;

    /// <summary>Whether it is the cache, for want of a connection string of its own.</summary>
    public bool IsCache { get; }
}
