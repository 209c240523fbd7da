using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Benchmarks.Upstreams;

/// <summary>What choosing a host costs, for each strategy and several numbers of hosts. The aim is 1 µs at 1,000 hosts, and no allocation.</summary>
internal static class PickBenchmark
{
    private const int Picks = 200_000;
    private const int Rounds = 10;

    private static readonly int[] HostCounts = [3, 32, 1000];

    /// <summary>Prints a line for each: the best round's nanoseconds a pick, the clock read included, and the bytes that a pick allocates.</summary>
    public static void Run(TextWriter output)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new UpstreamMetrics(services.GetRequiredService<IMeterFactory>());
        output.WriteLine("strategy          hosts   ns/pick   bytes/pick");
        foreach (var strategy in Strategies.All)
        {
            foreach (var hosts in HostCounts)
            {
                var context = new HostContext(
                    new MonotonicClock(TimeProvider.System), Random.Shared, new Pulse(), metrics, NullLogger.Instance);
                var (nanoseconds, bytes) = Measure(CreateTier(context, strategy, hosts), context.Clock);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{strategy,-16}  {hosts,5}  {nanoseconds,8:F0}  {bytes,10:F1}"));
            }
        }
    }

    private static (double Nanoseconds, double Bytes) Measure(Tier tier, MonotonicClock clock)
    {
        var best = double.MaxValue;
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 1; i <= Picks; i++)
            {
                tier.Pick(new PickContext(clock.Now, Usability.Full, (ulong)i));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Picks);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return (best, (double)allocated / Picks);
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
