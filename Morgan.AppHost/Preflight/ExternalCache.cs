using System.Net.Sockets;
using Morgan.AppHost.Cache;

namespace Morgan.AppHost.Preflight;

/// <summary>Makes sure, before anything is started, that the Redis somebody else runs is there.</summary>
internal static class ExternalCache
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Connects to the server that a connection string names.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <param name="key">The key that it is configured by.</param>
    /// <exception cref="DistributedApplicationException">There is no connection string, or nobody answers.</exception>
    public static async Task RequireAsync(string? connectionString, string key)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new DistributedApplicationException($"Morgan:Cache is external, but {key} is not set (such as localhost:6379,password=...).");
        }

        try
        {
            var address = RedisAddress.Parse(connectionString);
            using var deadline = new CancellationTokenSource(Deadline);
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, deadline.Token);
        }
        catch (FormatException problem)
        {
            throw new DistributedApplicationException($"{key}: {problem.Message}.");
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException)
        {
            var server = connectionString.Split(',')[0];
            throw new DistributedApplicationException($"{key}: no Redis answers at {server}. Start it, or choose another cache with Morgan:Cache=embedded.");
        }
    }
}
