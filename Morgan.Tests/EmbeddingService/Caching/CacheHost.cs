using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.CacheServer;
using StackExchange.Redis;

namespace Morgan.Tests.EmbeddingService.Caching;

/// <summary>A real Redis-protocol server (Garnet) on a port of its own.</summary>
public sealed class CacheHost : IAsyncLifetime
{
    private const int Tries = 5;
    private RunningCache? _cache;

    public string ConnectionString { get; private set; } = "";

    internal ConnectionMultiplexer Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        for (var i = 1; _cache is null; i++)
        {
            var port = FreePort();
            try
            {
                _cache = RunningCache.Start(new CacheOptions { Port = port, MaxMemoryBytes = 64L << 20 }, NullLoggerFactory.Instance);
            }
            catch (StartException) when (i < Tries)
            {
                continue;
            }

            ConnectionString = $"127.0.0.1:{port}";
        }

        Client = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _cache?.Dispose();
    }

    /// <summary>The keys of vectors.</summary>
    internal IReadOnlyList<RedisKey> Keys() =>
        [.. Client.GetServers().Single().Keys(pattern: "morgan:emb:*").Where(key => !key.ToString().EndsWith("epoch", StringComparison.Ordinal))];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
