using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Gateway.Servers;
using Morgan.Benchmarks.Reporting;

namespace Morgan.Benchmarks.Gateway;

/// <summary>A thousand open streams at the speed of a model: what a gateway adds to each event.</summary>
internal sealed class PacedSuite : ISuite
{
    private const int Repetitions = 5;
    private const int Streams = 1000;
    private const double Mega = 1e6;
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(5);

    public string Name => "paced";

    public string Section => "Gateway";

    public string Title => "Open streams";

    public string About =>
        $"{Streams:N0} streams, each of {PacedHost.Events} events at {1 / PacedHost.Gap.TotalSeconds:0} a second, opened at a constant rate within {Opening.TotalSeconds:0} s, so that for as long all are open: "
        + "the time from the moment at which a request was due to its first event, and the gaps between events. Host, gateway and load share the machine, each server is a process of its own, and their runs take turns. "
        + "Every stream is checked to the last byte. Memory is resident memory (RSS) while all are open. Morgan has everything on, as above.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var host = await ServerProcess.StartAsync("paced", null);
        await using var yarp = await ServerProcess.StartAsync("yarp", host.Address);
        await using var morgan = await ServerProcess.StartAsync("guarded", host.Address);
        PacedServer[] servers = [new("host directly", host), new("bare YARP", yarp), new("Morgan", morgan)];
        foreach (var server in servers)
        {
            await PacedLoad.RunAsync(LoadRequest.Paced, server.Process.Address, Streams / 2, Opening); // warms it up
        }

        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            foreach (var server in servers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await server.RunAsync(cancellationToken);
            }
        }

        return new SuiteFindings(
            [
                .. Added(servers[2], servers[0], Goal.AtMost(2)),
                .. Added(servers[1], servers[0], goal: null),
                new Measurement($"Morgan: RSS with {Streams:N0} open streams", "MB", [.. servers[2].Memory.Select(bytes => bytes / Mega)], Goal.AtMost(200)),
                .. servers.SelectMany(Told),
            ],
            new Dictionary<string, string> { ["YARP"] = Versions.Of(typeof(global::Yarp.ReverseProxy.Configuration.RouteConfig)) });
    }

    private static IEnumerable<Measurement> Added(PacedServer server, PacedServer direct, Goal? goal) =>
    [
        new Measurement($"{server.Name}: p99 of the first event over the host directly", "ms", [.. server.First.Zip(direct.First, (a, b) => a.P99 - b.P99)], goal),
        new Measurement($"{server.Name}: p99 of the gaps over the host directly", "ms", [.. server.Gaps.Zip(direct.Gaps, (a, b) => a.P99 - b.P99)], goal),
    ];

    private static IEnumerable<Measurement> Told(PacedServer server) =>
    [
        Told($"{server.Name}: first event, p50", server.First),
        Told($"{server.Name}: gap, p50", server.Gaps) with
        {
            Details = new Dictionary<string, double>
            {
                ["p99 ms"] = Measurement.MedianOf(server.Gaps.Select(run => run.P99)),
                ["p99.9 ms"] = Measurement.MedianOf(server.Gaps.Select(run => run.P999)),
                ["RSS MB"] = Measurement.MedianOf(server.Memory.Select(bytes => bytes / Mega)),
                ["processor µs an event"] = Measurement.MedianOf(server.Processor.Select(time => time.TotalMicroseconds / (Streams * PacedHost.Events))),
            },
        },
    ];

    private static Measurement Told(string what, List<LoadResult> runs) => new(what, "ms", [.. runs.Select(run => run.P50)])
    {
        Details = new Dictionary<string, double>
        {
            ["p99 ms"] = Measurement.MedianOf(runs.Select(run => run.P99)),
            ["p99.9 ms"] = Measurement.MedianOf(runs.Select(run => run.P999)),
        },
    };

    private sealed record PacedServer(string Name, ServerProcess Process)
    {
        public List<LoadResult> First { get; } = [];

        public List<LoadResult> Gaps { get; } = [];

        public List<long> Memory { get; } = [];

        public List<TimeSpan> Processor { get; } = [];

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            var before = Process.ProcessorTime;
            var load = PacedLoad.RunAsync(LoadRequest.Paced, Process.Address, Streams, Opening);
            await Task.WhenAny(load, Task.Delay(Opening + (PacedHost.Events * PacedHost.Gap / 4), cancellationToken));
            Memory.Add(Process.WorkingSet);
            var (first, gaps) = await load;
            First.Add(first);
            Gaps.Add(gaps);
            Processor.Add(Process.ProcessorTime - before);
        }
    }
}
