using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>One of Morgan's programs in a process of its own: to be killed, frozen and started again on the same port.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly string _folder = Directory.CreateTempSubdirectory("morgan-machine-").FullName;
    private Process _process;

    private ServiceProcess(string program, int port, string[] arguments)
    {
        (_program, Port, _arguments) = (program, port, arguments);
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        _process = Launch();
    }

    public int Port { get; }

    public int Id => _process.Id;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public HttpClient Client { get; }

    /// <summary>Starts a service and waits until it is healthy.</summary>
    public static async Task<ServiceProcess> StartAsync(string program, params string[] arguments)
    {
        var port = FreePort();
        var service = new ServiceProcess(program, port,
            ["--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), "--environment", "Development", "--Logging:LogLevel:Default=Error", .. arguments]);
        await service.ReadyAsync();
        return service;
    }

    /// <summary>Starts the cache and waits until it listens.</summary>
    public static async Task<ServiceProcess> StartCacheAsync()
    {
        var port = FreePort();
        var cache = new ServiceProcess("Morgan.CacheServer", port,
            [string.Create(CultureInfo.InvariantCulture, $"--Cache:Port={port}"), "--Cache:MaxMemoryBytes=67108864"]);
        await cache.ReadyAsync();
        return cache;
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts it again where it was, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _process = Launch();
        await ReadyAsync();
    }

    /// <summary>Stops all its threads: connections stay open, nothing answers.</summary>
    public void Freeze() => Signal("-STOP");

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Signal("-CONT");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _folder };
        foreach (var argument in (string[])["exec", Path.Combine(AppContext.BaseDirectory, $"{_program}.dll"), .. _arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private Task ReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            Assert.False(_process.HasExited, $"{_program} has ended with {(_process.HasExited ? _process.ExitCode : 0)}");
            return _program == "Morgan.CacheServer" ? await ListensAsync() : await IsHealthyAsync();
        },
        $"{_program} is ready", StartTime);

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            using var response = await Client.GetAsync("/health", TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Signal(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGSTOP");
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
