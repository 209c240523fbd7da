using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;

namespace Morgan.Benchmarks.Gateway;

/// <summary>The host and everything that stands in front of it.</summary>
internal sealed class ServerSet : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-benchmark-");
    private readonly List<MeasuredServer> _all = [];

    private ServerSet()
    {
    }

    /// <summary>All of them, the host first and Morgan last.</summary>
    public IReadOnlyList<MeasuredServer> All => _all;

    /// <summary>The host itself.</summary>
    public MeasuredServer Direct => _all[0];

    /// <summary>nginx; null: it is not installed.</summary>
    public MeasuredServer? Nginx { get; private set; }

    /// <summary>Portkey's gateway; null: npm has not installed it, or streams are asked for, which it answers with 500 (Node 20).</summary>
    public MeasuredServer? Portkey { get; private set; }

    /// <summary>The least that a proxy can be.</summary>
    public MeasuredServer Bare => _all[^4];

    /// <summary>YARP with one route.</summary>
    public MeasuredServer Yarp => _all[^3];

    /// <summary>The gateway, with everything on.</summary>
    public MeasuredServer Morgan => _all[^1];

    /// <summary>Starts those that can answer the request.</summary>
    public static async Task<ServerSet> StartAsync(LoadRequest request)
    {
        var servers = new ServerSet();
        try
        {
            var host = await ServerProcess.StartAsync("mock", null);
            servers._all.Add(new MeasuredServer("host directly", host));
            if (await Servers.Nginx.TryStartAsync(host.Address, servers._folder.FullName) is { } nginx)
            {
                servers._all.Add(servers.Nginx = new MeasuredServer("nginx", nginx));
            }

            if (!request.IsStream && await Servers.Portkey.TryStartAsync(servers._folder.FullName) is { } portkey)
            {
                servers._all.Add(servers.Portkey = new MeasuredServer("Portkey", portkey) { Headers = Servers.Portkey.Headers(host.Address) });
            }

            servers._all.Add(new MeasuredServer("bare `HttpMessageInvoker`", await ServerProcess.StartAsync("invoker", host.Address)));
            servers._all.Add(new MeasuredServer("bare YARP", await ServerProcess.StartAsync("yarp", host.Address)));
            servers._all.Add(new MeasuredServer("Morgan without keys, limits and telemetry", await ServerProcess.StartAsync("morgan", host.Address)));
            servers._all.Add(new MeasuredServer("Morgan", await ServerProcess.StartAsync("guarded", host.Address)));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            await _all[i].Process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
