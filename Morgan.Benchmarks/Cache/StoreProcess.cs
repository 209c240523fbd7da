using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Morgan.Benchmarks.Cache;

/// <summary>A store that speaks Redis's protocol, in a process and on a port of its own, gone when disposed.</summary>
internal sealed class StoreProcess : IDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private StoreProcess(Process process, string name, string address) => (_process, Name, Address) = (process, name, address);

    /// <summary>What it is, with its version.</summary>
    public string Name { get; private set; }

    /// <summary>Its address as a connection string.</summary>
    public string Address { get; }

    /// <summary>Starts Redis; null: this machine has none.</summary>
    public static Task<StoreProcess?> TryStartRedisAsync()
    {
        var port = FreePort();
        return TryStartAsync("Redis", port, new ProcessStartInfo(
            "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]));
    }

    /// <summary>Starts the cache that Morgan brings.</summary>
    /// <exception cref="BenchmarkException">It did not start.</exception>
    public static async Task<StoreProcess> StartMorganAsync()
    {
        var port = FreePort();
        var dll = Path.Combine(AppContext.BaseDirectory, "Morgan.CacheServer.dll");
        return await TryStartAsync("Morgan.CacheServer", port, new ProcessStartInfo("dotnet", ["exec", dll, "--Cache:Port", $"{port}"]))
            ?? throw new BenchmarkException("Morgan.CacheServer did not start");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task<StoreProcess?> TryStartAsync(string name, int port, ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new BenchmarkException($"{start.FileName} did not start");
        }
        catch (Win32Exception)
        {
            return null;
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var store = new StoreProcess(process, name, $"127.0.0.1:{port}");
        try
        {
            await store.ConnectOnceAsync();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private async Task ConnectOnceAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var client = await ConnectionMultiplexer.ConnectAsync($"{Address},connectTimeout=1000");
                Name = $"{Name} {client.GetServers()[0].Version}";
                return;
            }
            catch (RedisConnectionException) when (!_process.HasExited && Stopwatch.GetElapsedTime(began) < StartsWithin)
            {
                // Not listening yet.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
