using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class TierTests
{
    public static TheoryData<string> AllStrategies => new(Strategies.All);

    [Theory]
    [MemberData(nameof(AllStrategies))]
    public async Task Pick_ThousandHosts_AllocatesNothing(string strategy)
    {
        await using var picks = new Picks(strategy, Picks.Equal(1_000));
        for (ulong i = 0; i < 2_000; i++)
        {
            picks.One(i);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 2_000; i++)
        {
            picks.One(i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(AllStrategies))]
    public async Task Pick_OneHost_IsIt(string strategy)
    {
        await using var picks = new Picks(strategy, 1);

        Assert.Equal("h0", picks.One(prefix: 7)!.Host.Name);
        picks.State(0).Disable();
        Assert.Null(picks.One(prefix: 7));
    }

    [Theory]
    [MemberData(nameof(AllStrategies))]
    public async Task Pick_ManyThreads_NeverAnUnusableHost(string strategy)
    {
        await using var picks = new Picks(strategy, Random.Shared, Picks.Equal(8));
        picks.State(3).Disable();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                Assert.NotEqual("h3", picks.One((ulong)(i * thread))!.Host.Name);
            }
        })));
    }

    [Fact]
    public async Task CreateTiers_Priorities_LowestNumberFirst()
    {
        await using var engine = new TestEngine(TestEngine.Options(
            TestEngine.Named("spare", priority: 7), TestEngine.Named("a"), TestEngine.Named("b", priority: 1), TestEngine.Named("c")));

        var names = engine.Tiers().Select(tier => string.Join('+', tier.Candidates.Select(candidate => candidate.Host.Name)));

        Assert.Equal(["a+c", "b", "spare"], names);
    }
}
