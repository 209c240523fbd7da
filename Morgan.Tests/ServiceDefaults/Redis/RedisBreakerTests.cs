using Microsoft.Extensions.Time.Testing;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Tests.ServiceDefaults.Redis;

public sealed class RedisBreakerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void ThreeFailuresInARow_HoldReadsBack()
    {
        var breaker = new RedisBreaker(_time);
        Assert.False(breaker.Fail());
        Assert.False(breaker.Fail());
        Assert.True(breaker.TryEnter());
        Assert.True(breaker.Fail());
        Assert.False(breaker.TryEnter());
    }

    [Fact]
    public void SuccessBetweenFailures_KeepsItClosed()
    {
        var breaker = new RedisBreaker(_time);
        for (var i = 0; i < 10; i++)
        {
            breaker.Fail();
            breaker.Fail();
            breaker.Succeed();
        }

        Assert.True(breaker.TryEnter());
    }

    [Fact]
    public void AfterAPause_OneReadProbesAndItsSuccessCloses()
    {
        var breaker = Open();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter());
        Assert.False(breaker.TryEnter());
        Assert.True(breaker.Succeed());
        Assert.True(breaker.TryEnter());
        Assert.True(breaker.TryEnter());
    }

    [Fact]
    public void FailedProbes_LengthenThePauseUpToThirtySeconds()
    {
        var breaker = Open();
        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            _time.Advance(TimeSpan.FromSeconds(pause - 0.01));
            Assert.False(breaker.TryEnter());
            _time.Advance(TimeSpan.FromSeconds(0.01));
            Assert.True(breaker.TryEnter());
            breaker.Fail();
        }
    }

    private RedisBreaker Open()
    {
        var breaker = new RedisBreaker(_time);
        breaker.Fail();
        breaker.Fail();
        breaker.Fail();
        return breaker;
    }
}
