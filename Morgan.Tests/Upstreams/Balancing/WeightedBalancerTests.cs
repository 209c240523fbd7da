using CsCheck;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class WeightedBalancerTests
{
    [Fact]
    public async Task Pick_AnyWeights_EachCountWithinOneOfItsShareAtAllTimes()
    {
        await Gen.Double[0.001, 20].Select(weight => Math.Round(weight, 3)).Array[1, 12].SampleAsync(
            async weights =>
            {
                await using var picks = new Picks(Strategies.Weighted, weights);
                var counts = new int[weights.Length];
                var sum = weights.Sum();
                for (var total = 1; total <= 2_000; total++)
                {
                    counts[Picks.IndexOf(picks.One()!)]++;
                    for (var i = 0; i < counts.Length; i++)
                    {
                        Assert.InRange(counts[i] - (total * weights[i] / sum), -1.000001, 1.000001);
                    }
                }
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public async Task Pick_OneHeavyAndManyLight_LightOnesAreSpreadBetween()
    {
        await using var picks = new Picks(Strategies.Weighted, [50, .. Picks.Equal(50)]);

        var first = Enumerable.Range(0, 20).Select(_ => Picks.IndexOf(picks.One()!)).Count(index => index == 0);

        Assert.InRange(first, 9, 11);
    }

    [Fact]
    public async Task Pick_TenThousand_ExactWithinOne()
    {
        await using var picks = new Picks(Strategies.Weighted, 1, 2, 3, 4);

        Assert.Equal([1000, 2000, 3000, 4000], picks.Count(10_000));
    }

    [Fact]
    public async Task Pick_HeaviestDown_OthersInProportionAndNoCatchingUpAfterwards()
    {
        await using var picks = new Picks(Strategies.Weighted, 1, 2, 6);
        picks.State(2).Disable();

        var without = picks.Count(3_000);
        picks.State(2).Enable();
        var with = picks.Count(900);

        Assert.InRange(without[0], 998, 1002);
        Assert.InRange(without[1], 1998, 2002);
        Assert.InRange(with[2], 598, 602);
    }

    [Fact]
    public async Task Pick_AlmostAllWeightDown_StillFindsTheRest()
    {
        await using var picks = new Picks(Strategies.Weighted, 1000, 0.001, 0.002);
        picks.State(0).Disable();

        var counts = picks.Count(3_000);

        ChiSquare.AssertFits(counts[1..], [1, 2]);
    }
}
