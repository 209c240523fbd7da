using System.Diagnostics;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>A server in a process of its own, with the garbage collector that it has elsewhere: web services' own, or the gateway's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The memory that it takes now, in bytes; 0 where nobody knows.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    /// <summary>The time that its threads have spent on processors.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a kind of <see cref="ServeCommand"/>.</summary>
    public static Task<ServerProcess> StartAsync(string kind, Uri? host)
    {
        var start = new ProcessStartInfo("dotnet");
        start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(kind);
        if (host is not null)
        {
            start.ArgumentList.Add(host.AbsoluteUri);
        }

        start.Environment["DOTNET_gcServer"] = ServeCommand.IsGateway(kind) ? "0" : "1";
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "";
        return StartAsync(start, process => process.StandardOutput.ReadLineAsync());
    }

    /// <summary>Starts a program that is ready when <paramref name="ready"/> gives its address.</summary>
    public static async Task<ServerProcess> StartAsync(ProcessStartInfo start, Func<Process, Task<string?>> ready)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        try
        {
            var address = await ready(process).WaitAsync(StartDeadline)
                ?? throw new InvalidOperationException($"{string.Join(' ', start.ArgumentList)} ended before it listened");
            return new ServerProcess(process, new Uri(address));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(StopDeadline);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
