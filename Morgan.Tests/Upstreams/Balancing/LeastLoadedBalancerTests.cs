using CsCheck;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class LeastLoadedBalancerTests
{
    [Fact]
    public async Task Pick_AnyTraffic_AlwaysTheLeastLoadForItsWeight()
    {
        await Gen.Int[0, 5].Array[300].SampleAsync(
            async steps =>
            {
                await using var picks = new Picks(Strategies.LeastLoaded, 1, 1, 2, 0.5);
                var leases = new List<HostLease>();
                foreach (var step in steps)
                {
                    if (step > 1 && leases.Count > 0)
                    {
                        leases[step % leases.Count].Complete(AttemptOutcome.Success);
                        leases.RemoveAt(step % leases.Count);
                        continue;
                    }

                    var least = picks.Tier.Candidates.Min(candidate => candidate.Host.State.InFlight / candidate.Host.Options.Weight);
                    var picked = picks.One()!;
                    Assert.Equal(least, picked.Host.State.InFlight / picked.Host.Options.Weight);
                    leases.Add(picks.Enter(picked));
                }
            },
            iter: 30,
            threads: 1);
    }

    [Fact]
    public async Task Pick_AllIdle_InTurn()
    {
        await using var picks = new Picks(Strategies.LeastLoaded, 1, 1, 1);
        picks.State(1).Disable();

        Assert.Equal([5_000, 0, 5_000], picks.Count(10_000));
    }

    [Fact]
    public async Task Pick_ManyHosts_LoadsStayClose()
    {
        await using var picks = new Picks(Strategies.LeastLoaded, Picks.Equal(200));
        for (var i = 0; i < 10_000; i++)
        {
            picks.Enter(picks.One()!);
        }

        // Blind chance would reach 50 ± 25.
        Assert.All(picks.Tier.Candidates, candidate => Assert.InRange(candidate.Host.State.InFlight, 46, 54));
    }

    [Fact]
    public async Task Pick_ModelLoadedElsewhere_GoesThereUnlessItIsMuchBusier()
    {
        await using var picks = new Picks(Strategies.LeastLoaded, 1, 1);
        picks.Tier.Candidates[0].IsWarm = false;

        var sequence = Enumerable.Range(0, 10).Select(_ => picks.Enter(picks.One()!).Host.Name).ToArray();

        Assert.Equal(["h1", "h1", "h1", "h1", "h1", "h1", "h1", "h1"], sequence[..8]);
        Assert.Contains("h0", sequence[8..]);
    }
}
