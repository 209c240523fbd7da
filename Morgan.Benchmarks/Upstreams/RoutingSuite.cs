using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.Benchmarks.Reporting;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Benchmarks.Upstreams;

/// <summary>What choosing a host costs, for each strategy and several numbers of hosts.</summary>
internal sealed class RoutingSuite : ISuite
{
    private const int Picks = 200_000;
    private const int Repetitions = 9;

    private static readonly int[] HostCounts = [3, 32, 1000];

    public string Name => "routing";

    public string Section => "Gateway";

    public string Title => "Choosing a host";

    public string About => $"{Picks:N0} picks a repetition by one thread, the clock read included; hosts of different weights, latencies and loads.";

    public Task<SuiteFindings> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new UpstreamMetrics(services.GetRequiredService<IMeterFactory>());
        var measurements = new List<Measurement>();
        foreach (var strategy in Strategies.All)
        {
            foreach (var hosts in HostCounts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var context = new HostContext(
                    new MonotonicClock(TimeProvider.System), Random.Shared, new Pulse(), metrics, NullLogger.Instance);
                measurements.Add(Measure($"{strategy}, {hosts} hosts", CreateTier(context, strategy, hosts), context.Clock));
            }
        }

        return Task.FromResult(new SuiteFindings(measurements, new Dictionary<string, string>()));
    }

    // The first repetition, in which the JIT is at work, is left out.
    private static Measurement Measure(string what, Tier tier, MonotonicClock clock)
    {
        var nanoseconds = new List<double>(Repetitions);
        var allocated = 0L;
        for (var repetition = 0; repetition <= Repetitions; repetition++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 1; i <= Picks; i++)
            {
                tier.Pick(new PickContext(clock.Now, Usability.Full, (ulong)i));
            }

            var elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (repetition > 0)
            {
                nanoseconds.Add(elapsed / Picks);
            }
        }

        return new Measurement(what, "ns", nanoseconds, Goal.AtMost(1000))
        {
            Details = new Dictionary<string, double> { ["bytes allocated"] = (double)allocated / Picks },
        };
    }

    // Hosts of different weight and latency, as many requests in flight on each as its number has remainders.
    private static Tier CreateTier(HostContext context, string strategy, int count)
    {
        var options = new UpstreamOptions
        {
            Strategy = strategy,
            Hosts = [.. Enumerable.Range(0, count).Select(i => new HostOptions { Name = $"h{i}", Url = $"http://h{i}/v1", Weight = 1 + (i % 5) })],
        };
        var registry = new HostRegistry(context, new KeyAuthorization(), resolver: null, HostHandler.Create);
        registry.Apply(options);
        var tier = registry.Current.CreateTiers(registry.Current.Hosts.Select(host => new Candidate(host, null)))[0];
        for (var i = 0; i < count; i++)
        {
            var candidate = tier.Candidates[i];
            candidate.Host.State.Latency.Began(streamed: true, TimeSpan.FromMilliseconds(100 + (i % 7)), context.Clock.Now);
            for (var k = 0; k < i % 4; k++)
            {
                candidate.Host.State.TryEnter(context.Clock.Now, HeldPermits.None, out var permit);
                _ = new HostLease(candidate, permit, context.Clock.Now);
            }
        }

        return tier;
    }
}
