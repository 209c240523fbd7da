using System.Security.Authentication;
using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>What the shared store may throw: it is down, slow, refuses a command, or is being closed.</summary>
public static class RedisFaults
{
    /// <summary>Whether a failure is the store's, and the service goes on without it.</summary>
    public static bool Is(Exception e) => e is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;

    /// <summary>Why there is no connection, in a few words that hold no secret.</summary>
    internal static string Explain(Exception e)
    {
        var reason = e.GetType().Name;
        for (var at = e; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case AuthenticationException:
                    return $"TLS: {at.Message}";
                case RedisConnectionException connection:
                    reason = connection.FailureType.ToString();
                    break;
            }
        }

        return reason;
    }
}
