using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.CacheServer;
using Morgan.Tests.CacheServer;
using StackExchange.Redis;

namespace Morgan.Tests.State;

/// <summary>A store of limits for a test: the machine's own redis-server where it has one, or Morgan's Garnet.</summary>
internal sealed class StateStore : IAsyncDisposable
{
    /// <summary>redis-server.</summary>
    public const string Redis = "redis";

    /// <summary>redis-server in cluster mode, one node with all slots: it refuses a script whose keys are not in one of them.</summary>
    public const string Cluster = "cluster";

    /// <summary>Morgan.CacheServer, in this process.</summary>
    public const string Garnet = "garnet";

    private readonly Process? _process;
    private readonly RunningCache? _cache;
    private string? _folder;

    private StateStore(int port, Process? process, RunningCache? cache) => (Port, _process, _cache) = (port, process, cache);

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts one, with more arguments for redis-server.</summary>
    public static async Task<StateStore> StartAsync(string kind, params string[] more)
    {
        var port = TestCache.FreePort();
        if (kind == Garnet)
        {
            return new StateStore(port, null, RunningCache.Start(new CacheOptions { Port = port, MaxMemoryBytes = 64L << 20 }, NullLoggerFactory.Instance));
        }

        var server = Find();
        Assert.SkipWhen(server is null, "no redis-server on this machine");
        var start = new ProcessStartInfo(server!)
        {
            ArgumentList =
            {
                "--dir", Directory.CreateTempSubdirectory("morgan-state-").FullName,
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning",
            },
            RedirectStandardOutput = true,
        };
        foreach (var argument in kind == Cluster ? (string[])["--cluster-enabled", "yes", .. more] : more)
        {
            start.ArgumentList.Add(argument);
        }

        var store = new StateStore(port, Process.Start(start)!, null) { _folder = start.ArgumentList[1] };
        try
        {
            await Eventually.TrueAsync(store.AnswersAsync, "redis-server answers", TimeSpan.FromSeconds(30));
            if (kind == Cluster)
            {
                await store.OwnAllSlotsAsync();
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true,connectTimeout=5000,asyncTimeout=20000");

    public async ValueTask DisposeAsync()
    {
        _cache?.Dispose();
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }

            _process.Dispose();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task OwnAllSlotsAsync()
    {
        await using (var admin = await ConnectAsync())
        {
            await admin.GetServer(ConnectionString).ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", 0, 16383);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await using var client = await ConnectAsync();
                return ((string)(await client.GetServer(ConnectionString).ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal);
            },
            "the cluster is whole", TimeSpan.FromSeconds(30));
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var client = await ConnectAsync();
            return true;
        }
        catch (RedisConnectionException)
        {
            return false;
        }
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server"))
        .FirstOrDefault(File.Exists);
}
