using System.Diagnostics.Metrics;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using StackExchange.Redis;

namespace Morgan.Benchmarks.Limits;

/// <summary>A tenant asks at random moments at random replicas; who is admitted and who is not, in virtual time.</summary>
/// <param name="Replicas">How many replicas.</param>
/// <param name="Load">What is asked for, as a multiple of the limit.</param>
/// <param name="Latency">Of the store, there and back again.</param>
/// <param name="Seed">Of chance.</param>
internal sealed record LimitsRun(int Replicas, double Load, TimeSpan Latency, int Seed)
{
    /// <summary>The tenant's requests a minute.</summary>
    public const int Limit = 600;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);

    /// <summary>Runs it, with the scripts in a store.</summary>
    public async Task<LimitsOutcome> RunAsync(IDatabase store, string keys, IMeterFactory meters, CancellationToken cancellationToken)
    {
        var (time, random) = (new VirtualTime(), new Random(Seed));
        var distant = new DistantStore[Replicas];
        var replicas = new SimulatedReplica[Replicas];
        for (var i = 0; i < Replicas; i++)
        {
            distant[i] = new DistantStore(store, time, Latency, random);
            replicas[i] = new SimulatedReplica(distant[i], keys, time, meters, Limit, Replicas);
            await replicas[i].StartAsync(cancellationToken);
        }

        var outcome = new LimitsOutcome();
        time.Run(async () =>
        {
            var isOver = false;
            var keepers = replicas.Select(replica => KeepAsync(replica, time, () => isOver)).ToList();
            var requests = new List<Task>();
            while (time.GetTimestamp() < Length.Ticks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Delay(new TimeSpan((long)(-Math.Log(1 - random.NextDouble()) * TimeSpan.TicksPerMinute / (Limit * Load))), time, CancellationToken.None);
                requests.Add(AskAsync(replicas[random.Next(Replicas)], time, outcome));
            }

            await Task.WhenAll(requests);
            isOver = true;
            await Task.WhenAll(keepers);
        });
        foreach (var replica in replicas)
        {
            replica.Dispose();
        }

        outcome.Calls = distant.Sum(one => one.Calls);
        return outcome;
    }

    private static async Task AskAsync(SimulatedReplica replica, VirtualTime time, LimitsOutcome outcome)
    {
        var asked = time.GetTimestamp();
        using var reservation = await replica.ReserveAsync();
        outcome.Add(reservation is not null, asked, time.GetTimestamp());
        if (reservation is not null)
        {
            await Task.Delay(Answer, time);
            reservation.Settle(new Bill(0, 0, 0, 1));
        }
    }

    private static async Task KeepAsync(SimulatedReplica replica, VirtualTime time, Func<bool> isOver)
    {
        using var timer = new PeriodicTimer(new SharedTimes().Rounds, time);
        while (!isOver() && await timer.WaitForNextTickAsync())
        {
            await replica.KeepAsync();
        }
    }
}
