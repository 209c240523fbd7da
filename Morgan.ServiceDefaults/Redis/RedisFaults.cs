using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>What the shared store may throw: it is down, slow, refuses a command, or is being closed.</summary>
public static class RedisFaults
{
    /// <summary>Whether a failure is the store's, and the service goes on without it.</summary>
    public static bool Is(Exception e) => e is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;
}
