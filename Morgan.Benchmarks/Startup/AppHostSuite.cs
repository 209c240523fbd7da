using System.Diagnostics;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Startup;

/// <summary>How soon all of Morgan is there after <c>dotnet run</c>.</summary>
internal sealed class AppHostSuite : ISuite
{
    private const int Repetitions = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    // The fixed addresses of the README; the dashboard's is a page.
    private static readonly Uri[] Healthy =
        [.. new[] { "5080/health", "5090/health", "5101/health", "5102/health", "5103/health", "15080" }.Select(place => new Uri($"http://localhost:{place}"))];

    public string Name => "apphost";

    public string Section => "Start-up";

    public string Title => "All of Morgan";

    public string About =>
        "`dotnet run -c Release --no-build --project Morgan.AppHost` on the README's ports, after a build: until the gateway, the embedding service and three simulators say `healthy` and the dashboard's page is there. "
        + "Of others' part in the machine only the pauses between the starts tell.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await Dotnet.RunAsync(options.Root, cancellationToken, "build", "Morgan.AppHost", "-c", "Release", "-v", "quiet", "-nologo", "--disable-build-servers");
        var (seconds, others) = (new double[Repetitions], new double?[Repetitions]);
        for (var i = 0; i < Repetitions; i++)
        {
            var otherWork = new OtherWork();
            await Task.Delay(Pause, cancellationToken);
            others[i] = otherWork.Share();
            seconds[i] = await StartAsync(options.Root, cancellationToken);
        }

        return new SuiteFindings(
            [new Measurement("`dotnet run` to all healthy", "s", seconds, Goal.AtMost(12))], new Dictionary<string, string>())
        { OthersShare = others.Max() };
    }

    private static async Task<double> StartAsync(string root, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "run", "-c", "Release", "--no-build", "--project", "Morgan.AppHost", "--",
                "--Morgan:LlmHosts=simulator", "--Morgan:Cache=embedded", $"--Morgan:ConfigFile={Path.Combine(Path.GetTempPath(), $"no-{Guid.NewGuid():N}.json")}",
            ])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
        };
        using var probe = new HealthProbe();
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new BenchmarkException("dotnet run did not start");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            return (await probe.UntilHealthyAsync(began, process, Healthy, cancellationToken)).TotalSeconds;
        }
        finally
        {
            await EndAsync(process);
        }
    }

    // As a terminal would; what does not heed it is killed, and the orchestrator ends the rest.
    private static async Task EndAsync(Process process)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndsWithin);
            }
        }
        catch (TimeoutException)
        {
        }

        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
