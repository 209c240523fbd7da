using System.Collections.Concurrent;
using System.Diagnostics;
using Morgan.Tests.Chaos.Gateways;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>Runs cells: those of one strategy one after the other, strategies side by side, each with hosts of its own.</summary>
/// <param name="start">Starts the gateway with a strategy.</param>
/// <param name="ports">Of the hosts, where they can't be free ones.</param>
internal sealed class MatrixRun(Func<HostBench, string, Task<IGateway>> start, IReadOnlyList<int>? ports = null)
{
    private const int MostTries = 4;

    /// <summary>Every combination.</summary>
    public static IReadOnlyList<Cell> All(IReadOnlyList<string> strategies) =>
    [
        .. from strategy in strategies
           from scenario in Contract.Scenarios
           from mode in Enum.GetValues<Mode>()
           from topology in Enum.GetValues<Topology>()
           where Makes(scenario, topology)
           select new Cell(scenario, mode, topology, strategy),
    ];

    /// <summary>Every scenario, mode and topology once, the strategies taking turns.</summary>
    public static IReadOnlyList<Cell> Quick(IReadOnlyList<string> strategies) =>
        [.. All([""]).Select((cell, i) => cell with { Strategy = strategies[i % strategies.Count] })];

    /// <summary>Runs them.</summary>
    public async Task<IReadOnlyList<CellResult>> RunAsync(IReadOnlyList<Cell> cells, Action<CellResult>? seen = null)
    {
        var results = new ConcurrentBag<CellResult>();
        await using var watch = new StallWatch();
        await Task.WhenAll(cells.GroupBy(cell => cell.Strategy).Select(async lane =>
        {
            await using var bench = await HostBench.StartAsync(ports);
            await using var gateway = await start(bench, lane.Key);
            foreach (var cell in lane)
            {
                var result = await RunAsync(bench, gateway, cell, watch);
                results.Add(result);
                seen?.Invoke(result);
            }
        }));
        return [.. results.OrderBy(result => cells.Index().First(item => item.Item == result.Cell).Index)];
    }

    // A flaw that was seen while the machine stood still is looked for again.
    private static async Task<CellResult> RunAsync(HostBench bench, IGateway gateway, Cell cell, StallWatch watch)
    {
        for (var tries = 1; ; tries++)
        {
            var began = Stopwatch.GetTimestamp();
            var result = await new CellRunner(bench, gateway, cell).RunAsync();
            if (result.Flaws.Count == 0 || tries == MostTries || !watch.HasStalledSince(began))
            {
                return result;
            }
        }
    }

    // Three hosts that are down are one that is down; and whoever is asked to come back later by all of them has no attempt left.
    private static bool Makes(Scenario scenario, Topology topology) =>
        topology != Topology.AllOfThree || !(scenario.HostIsDown || scenario.NotBefore > TimeSpan.Zero || scenario.ClientLeaves);
}
