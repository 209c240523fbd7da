using Morgan.Upstreams.CircuitBreaking;

namespace Morgan.Tests.Upstreams.CircuitBreaking;

public sealed class CoolDownTests
{
    [Fact]
    public void Extend_ShorterThanBefore_KeepsTheLonger()
    {
        var coolDown = new CoolDown();
        coolDown.Extend(100);
        coolDown.Extend(40);

        Assert.Equal(90, coolDown.Remaining(10));
        Assert.Equal(0, coolDown.Remaining(100));
    }

    [Fact]
    public void Reset_CoolingDown_Over()
    {
        var coolDown = new CoolDown();
        coolDown.Extend(100);
        coolDown.Reset();

        Assert.Equal(0, coolDown.Remaining(10));
    }
}
