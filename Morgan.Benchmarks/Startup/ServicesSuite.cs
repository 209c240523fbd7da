using System.Diagnostics;
using System.Runtime.InteropServices;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Startup;

/// <summary>How soon a service is ready after its process has started, and what it then takes at rest.</summary>
internal sealed class ServicesSuite : ISuite
{
    private const int Repetitions = 7;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    public string Name => "services";

    public string Section => "Start-up";

    public string Title => "Each service";

    public string About =>
        "Each service as its image has it, published for this platform, in a process of its own: from the start of the process until `/health` says `healthy`, asked every 5 ms; the gateway with one host, the embedding service with the default model. "
        + $"Memory is resident memory (RSS) {Rest.TotalSeconds:0} s later. Beside them a Kestrel server with one handler until it listens, not compiled ahead of time. They take turns.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("morgan-benchmark-");
        try
        {
            await using var host = await ServerProcess.StartAsync("mock", null);
            var gateway = new StartedService("gateway", await PublishAsync(options, folder, "Morgan.LlmService", cancellationToken),
                ["--Llm:Hosts:0:Name=mock", $"--Llm:Hosts:0:Url={host.Address}v1"]);
            var embedding = new StartedService("embedding service", await PublishAsync(options, folder, "Morgan.EmbeddingService", cancellationToken), []);
            var (bare, others) = (new List<double>(), new OtherWork());
            for (var i = 0; i < Repetitions; i++)
            {
                await gateway.StartAsync(Rest, cancellationToken);
                await embedding.StartAsync(Rest, cancellationToken);
                var began = Stopwatch.GetTimestamp();
                await using var kestrel = await ServerProcess.StartAsync("mock", null);
                bare.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }

            return new SuiteFindings(
                [
                    new Measurement("gateway: start to healthy", "s", gateway.Seconds, Goal.AtMost(1.5)),
                    new Measurement("embedding service: start to healthy", "s", embedding.Seconds, Goal.AtMost(1.5)),
                    new Measurement("a Kestrel server: start to listening", "s", bare),
                    new Measurement("gateway: RSS at rest", "MB", gateway.Megabytes, Goal.AtMost(110)),
                    new Measurement("embedding service: RSS at rest", "MB", embedding.Megabytes, Goal.AtMost(180)),
                ],
                new Dictionary<string, string>())
            { OthersShare = others.Share() };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> PublishAsync(BenchmarkOptions options, DirectoryInfo folder, string project, CancellationToken cancellationToken)
    {
        var output = Path.Combine(folder.FullName, project);
        await Dotnet.RunAsync(
            options.Root, cancellationToken, "publish", project, "-r", RuntimeInformation.RuntimeIdentifier, "-o", output, "-v", "quiet", "-nologo", "--disable-build-servers");
        return Path.Combine(output, $"{project}.dll");
    }
}
