using System.Diagnostics;
using Morgan.Benchmarks.Load;

namespace Morgan.Benchmarks.Startup;

/// <summary>A published service that is started again and again, and how that went.</summary>
/// <param name="name">What it is.</param>
/// <param name="assembly">Its program.</param>
/// <param name="settings">On its command line.</param>
internal sealed class StartedService(string name, string assembly, string[] settings)
{
    private const double Mega = 1e6;

    /// <summary>From the start of the process until it was healthy.</summary>
    public List<double> Seconds { get; } = [];

    /// <summary>Resident memory at rest.</summary>
    public List<double> Megabytes { get; } = [];

    /// <summary>Starts it once, and ends it.</summary>
    /// <param name="rest">How long it is left alone before its memory is looked at.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="BenchmarkException">It does not become healthy.</exception>
    public async Task StartAsync(TimeSpan rest, CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}");
        var start = new ProcessStartInfo(
            "dotnet", [assembly, "--urls", address.AbsoluteUri, "--Auth:AllowAnonymous=true", "--Logging:LogLevel:Default=Error", .. settings])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "";
        using var probe = new HealthProbe();
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new BenchmarkException($"the {name} did not start");
        try
        {
            Seconds.Add((await probe.UntilHealthyAsync(began, process, [new Uri(address, "/health")], cancellationToken)).TotalSeconds);
            await Task.Delay(rest, cancellationToken);
            process.Refresh();
            Megabytes.Add(process.WorkingSet64 / Mega);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
