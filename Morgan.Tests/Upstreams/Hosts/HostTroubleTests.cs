using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Hosts;

public sealed class HostTroubleTests
{
    [Fact]
    public async Task Add_AnswersOfTheSameMomentOnManyThreads_LengthenThePauseOnce()
    {
        const int threads = 4, rounds = 5_000;
        var settings = new UpstreamOptions();
        var trouble = new HostTrouble();
        var pauses = new TimeSpan[threads];
        var wrong = 0;
        using var barrier = new Barrier(threads, phase =>
        {
            if (phase.CurrentPhaseNumber % 2 == 1)
            {
                wrong += pauses.Sum(pause => pause.Ticks) == TimeSpan.TicksPerSecond ? 0 : 1;
                trouble.Reset();
            }
        });

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < rounds; i++)
                {
                    barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                    pauses[thread] = trouble.Add(AttemptOutcome.RateLimited(null), settings, now: 1);
                    barrier.SignalAndWait(TimeSpan.FromSeconds(30));
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(0, wrong);
    }
}
