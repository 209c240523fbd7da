using System.Globalization;

namespace Morgan.AppHost.Cache;

/// <summary>The part of a StackExchange.Redis connection string that a PING needs: the first server.</summary>
internal sealed record RedisAddress(string Host, int Port, string? User, string? Password, bool IsTls)
{
    /// <summary>Reads a connection string such as <c>redis.example.com:6380,password=abc,ssl=True</c>.</summary>
    /// <exception cref="FormatException">It names no server.</exception>
    public static RedisAddress Parse(string connectionString)
    {
        var parts = connectionString.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var server = parts.FirstOrDefault(p => !p.Contains('=')) ?? throw new FormatException("the connection string names no server");
        var isTls = string.Equals(Option("ssl"), "true", StringComparison.OrdinalIgnoreCase);
        var colon = server.LastIndexOf(':');
        var hasPort = colon > server.LastIndexOf(']'); // [::1]:6379
        return new(
            (hasPort ? server[..colon] : server).Trim('[', ']'),
            hasPort ? int.Parse(server[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture) : isTls ? 6380 : 6379,
            Option("user"),
            Option("password"),
            isTls);

        string? Option(string key) => parts.LastOrDefault(p => p.StartsWith(key + "=", StringComparison.OrdinalIgnoreCase))?[(key.Length + 1)..];
    }
}
