using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Balancing;

public sealed class RoundRobinBalancerTests
{
    [Fact]
    public async Task Pick_TenThousand_EvenWithinOne()
    {
        await using var picks = new Picks(Strategies.RoundRobin, Picks.Equal(7));

        Assert.All(picks.Count(10_000), count => Assert.InRange(count, 10_000 / 7, (10_000 / 7) + 1));
    }

    [Fact]
    public async Task Pick_HostDown_ItsShareIsSpreadOverAllOthers()
    {
        await using var picks = new Picks(Strategies.RoundRobin, Picks.Equal(4));
        picks.State(1).Disable();

        var counts = picks.Count(9_999);

        Assert.Equal([3333, 0, 3333, 3333], counts);
    }

    [Fact]
    public async Task Pick_OneOfManyUsable_IsFound()
    {
        await using var picks = new Picks(Strategies.RoundRobin, Picks.Equal(100));
        for (var i = 0; i < 100; i++)
        {
            if (i != 63)
            {
                picks.State(i).Disable();
            }
        }

        Assert.Equal(63, Picks.IndexOf(picks.One()!));
    }

    [Fact]
    public async Task Pick_NoneUsable_Null()
    {
        await using var picks = new Picks(Strategies.RoundRobin, 1, 1);
        picks.State(0).Disable();
        picks.State(1).Drain();

        Assert.Null(picks.One());
    }
}
