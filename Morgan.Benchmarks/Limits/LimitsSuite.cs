using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Benchmarks.Cache;
using Morgan.Benchmarks.Reporting;
using StackExchange.Redis;

namespace Morgan.Benchmarks.Limits;

/// <summary>How far a tenant's limit is passed, or not reached, with many replicas, more load and a slower store.</summary>
internal sealed class LimitsSuite : ISuite
{
    private const int Seed = 1;
    private static readonly int[] Replicas = [1, 3, 10, 30];
    private static readonly double[] Loads = [0.5, 1, 3];
    private static readonly double[] Latencies = [0.5, 5, 50, 300];

    public string Name => "limits";

    public string Section => "Simulation";

    public string Page => "scale";

    public string Title => "A tenant's limit over replicas, load and the store's latency";

    public string About =>
        $"The gateway's own code in virtual time: a tenant of {LimitsRun.Limit} requests a minute asks at random moments, at replicas by chance, for 150 s, and the scripts run in a real store that is the given time away, there and back again, each way a fifth more or less. "
        + $"Most: of all 60 s, those in which the most were certainly admitted, in percent of the limit. Fewest: the fewest that may have been admitted in the 60 s before a refusal. Chance is seeded, so each run is the same again. "
        + "A request waits 250 ms for the store, so at 300 ms each replica goes by its share.";

    public async Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var store = await StoreProcess.TryStartRedisAsync() ?? await StoreProcess.StartMorganAsync();
        await using var client = await ConnectionMultiplexer.ConnectAsync(store.Address);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var measurements = new List<Measurement>();
        foreach (var latency in Latencies)
        {
            foreach (var replicas in Replicas)
            {
                var outcomes = new Dictionary<double, LimitsOutcome>();
                foreach (var load in Loads)
                {
                    var run = new LimitsRun(replicas, load, TimeSpan.FromMilliseconds(latency), Seed);
                    outcomes[load] = await run.RunAsync(client.GetDatabase(), $"limits-{measurements.Count}-{load}", meters, cancellationToken);
                }

                measurements.Add(ToMeasurement(replicas, latency, outcomes));
            }
        }

        var (kind, version) = store.Name.Split(' ') is [var name, var number] ? (name, number) : (store.Name, "");
        return new SuiteFindings(measurements, new Dictionary<string, string> { [kind] = version }) { IsTimed = false };
    }

    private static Measurement ToMeasurement(int replicas, double latency, Dictionary<double, LimitsOutcome> outcomes)
    {
        var details = new Dictionary<string, double>();
        foreach (var (load, outcome) in outcomes)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{load}×");
            if (load < 1)
            {
                details[$"{name}: refused %"] = 100.0 * outcome.Refused / outcome.Requests;
                continue;
            }

            if (load < Loads[^1])
            {
                details[$"{name}: most %"] = Percent(outcome.Most);
            }

            if (outcome.Fewest is { } fewest)
            {
                details[$"{name}: fewest %"] = Percent(fewest);
            }

            details[$"{name}: calls a request"] = (double)outcome.Calls / outcome.Requests;
        }

        return new Measurement(
            string.Create(CultureInfo.InvariantCulture, $"{replicas} {(replicas == 1 ? "replica" : "replicas")}, {latency} ms; {Loads[^1]}×: most"), "%",
            [Percent(outcomes[Loads[^1]].Most)], latency < 250 ? Goal.AtMost(100) : null)
        {
            Details = details,
        };
    }

    private static double Percent(int requests) => 100.0 * requests / LimitsRun.Limit;
}
