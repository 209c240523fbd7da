using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.CacheServer;
using StackExchange.Redis;

namespace Morgan.Tests.CacheServer;

/// <summary>A cache in this process, as small as it gets, with a client.</summary>
internal sealed class TestCache : IAsyncDisposable
{
    public const string Password = "secret";

    private readonly RunningCache _cache;

    private TestCache(RunningCache cache, ConnectionMultiplexer redis, int port)
    {
        (_cache, Redis, Port) = (cache, redis, port);
    }

    public int Port { get; }

    public ConnectionMultiplexer Redis { get; }

    public IDatabase Database => Redis.GetDatabase();

    public static async Task<TestCache> StartAsync()
    {
        int port = FreePort();
        var cache = RunningCache.Start(new CacheOptions { Port = port, Password = Password, MaxMemoryBytes = 64L << 20 }, NullLoggerFactory.Instance);
        return new TestCache(cache, await ConnectAsync(port), port);
    }

    public static async Task<ConnectionMultiplexer> ConnectAsync(int port, string password = Password) =>
        await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},password={password},connectTimeout=10000,asyncTimeout=20000,syncTimeout=20000");

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        _cache.Dispose();
    }
}
