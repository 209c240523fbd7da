using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class LatencyBalancerTests
{
    [Fact]
    public async Task Pick_KnownLatencies_BetterOfTwoByChance()
    {
        await using var picks = new Picks(Strategies.Latency, Picks.Equal(4));
        Learn(picks, 100, 200, 400, 800);

        // The best wins 3 of 6 pairs, the next 2, then 1, then none.
        var counts = picks.Count(10_000);

        ChiSquare.AssertFits(counts[..3], [3, 2, 1]);
        Assert.Equal(0, counts[3]);
    }

    [Fact]
    public async Task Pick_FastHostBusy_GoesToTheSlowerOne()
    {
        await using var picks = new Picks(Strategies.Latency, 1, 1);
        Learn(picks, 100, 350);

        var names = Enumerable.Range(0, 8).Select(_ => picks.Enter(picks.One()!).Host.Name).ToArray();

        // 100 × (n + 1) reaches 350 × 1 with the fourth.
        Assert.Equal(["h0", "h0", "h0", "h1", "h0", "h0", "h0", "h1"], names);
    }

    [Fact]
    public async Task Pick_OnePeak_AvoidedAtOnceAndForgottenInTime()
    {
        await using var picks = new Picks(Strategies.Latency, 1, 1);
        Learn(picks, 100, 100);
        Learn(picks, 5_000, 100);
        Assert.Equal(0, picks.Count(100)[0]);

        for (var i = 0; i < 60; i++)
        {
            picks.Engine.Fake.Advance(TimeSpan.FromSeconds(1));
            Learn(picks, null, 100);
        }

        Assert.Equal(100, picks.Count(100)[0]);
    }

    [Fact]
    public async Task Pick_NothingKnown_TriedOneRequestAtATime()
    {
        await using var picks = new Picks(Strategies.Latency, 1, 1);
        Learn(picks, 100, null);

        Assert.Equal("h1", picks.Enter(picks.One()!).Host.Name);
        Assert.Equal("h0", picks.Enter(picks.One()!).Host.Name);
    }

    [Fact]
    public void PeakEwma_SlowerSample_JumpsFasterSampleFades()
    {
        var average = new PeakEwma();
        var second = TimeSpan.TicksPerSecond;
        average.Record(TimeSpan.FromSeconds(1), 0);
        average.Record(TimeSpan.FromSeconds(3), second);
        Assert.Equal(3, average.At(second)!.Value, 6);

        average.Record(TimeSpan.FromSeconds(1), 11 * second);
        Assert.Equal(1 + (2 / Math.E), average.At(11 * second)!.Value, 6);
    }

    private static void Learn(Picks picks, params double?[] milliseconds)
    {
        for (var i = 0; i < milliseconds.Length; i++)
        {
            if (milliseconds[i] is { } latency)
            {
                var lease = picks.Enter(picks.Tier.Candidates[i]);
                picks.State(i).Accept(default, streamed: true, TimeSpan.FromMilliseconds(latency));
                lease.Complete(AttemptOutcome.Cancelled);
            }
        }
    }
}
