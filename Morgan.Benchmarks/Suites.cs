using Morgan.Benchmarks.Cache;
using Morgan.Benchmarks.Gateway;
using Morgan.Benchmarks.Gateway.Load;
using Morgan.Benchmarks.Limits;
using Morgan.Benchmarks.Memory;
using Morgan.Benchmarks.Model;
using Morgan.Benchmarks.Node;
using Morgan.Benchmarks.Startup;
using Morgan.Benchmarks.Throughput;
using Morgan.Benchmarks.Tokenizers;
using Morgan.Benchmarks.Upstreams;

namespace Morgan.Benchmarks;

/// <summary>The suites by name, and names for several of them.</summary>
internal static class Suites
{
    private static readonly ISuite[] All =
    [
        new GatewaySuite("gateway", "Whole answers", LoadRequest.Whole, overNginx: 0.75),
        new GatewaySuite("streams", "Streams", LoadRequest.Stream, overNginx: 1.1),
        new PacedSuite(), new HeldSuite(), new GrowthSuite(),
        new OverloadSuite(), new AllocationSuite(), new RoutingSuite(),
        new GraphSuite(), new ThroughputSuite(), new LatencySuite(), new ScalingSuite(), new NodeSuite(), new HitSuite(), new StoreSuite(), new TokenizerSuite(), new MemorySuite(),
        new LimitsSuite(),
        new ServicesSuite(), new AppHostSuite(),
    ];

    private static readonly Dictionary<string, string[]> Groups = new(StringComparer.Ordinal)
    {
        ["embedding"] = ["graphs", "throughput", "latency", "scaling", "node"],
        ["cache"] = ["hits", "store"],
        ["startup"] = ["services", "apphost"],
        ["all"] = [.. All.Select(suite => suite.Name)],
    };

    /// <summary>Every name that the command line takes.</summary>
    public static IEnumerable<string> Names => [.. Groups.Keys, .. All.Select(suite => suite.Name)];

    /// <summary>The suites of names, in their order.</summary>
    /// <exception cref="BenchmarkException">There is none of that name.</exception>
    public static IEnumerable<ISuite> Find(IEnumerable<string> names) =>
        [.. names.SelectMany(name => Groups.GetValueOrDefault(name) ?? [name]).Select(name =>
            Array.Find(All, suite => suite.Name == name) ?? throw new BenchmarkException($"there is no suite {name}"))];
}
