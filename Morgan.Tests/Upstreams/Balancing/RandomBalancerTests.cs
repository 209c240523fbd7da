using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class RandomBalancerTests
{
    [Fact]
    public async Task Pick_TenThousand_Even()
    {
        await using var picks = new Picks(Strategies.Random, Picks.Equal(5));

        ChiSquare.AssertFits(picks.Count(10_000), [1, 1, 1, 1, 1]);
    }

    [Fact]
    public async Task Pick_Weights_InProportion()
    {
        double[] weights = [0.5, 1, 3, 7.25, 20];
        await using var picks = new Picks(Strategies.Random, weights);

        ChiSquare.AssertFits(picks.Count(10_000), weights);
    }

    [Fact]
    public async Task Pick_HostsDown_OthersInProportion()
    {
        await using var picks = new Picks(Strategies.Random, 1, 2, 3, 90);
        picks.State(3).Disable();
        picks.State(0).Disable();

        var counts = picks.Count(10_000);

        Assert.Equal(0, counts[0] + counts[3]);
        ChiSquare.AssertFits([counts[1], counts[2]], [2, 3]);
    }
}
