using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class RetryBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RetryBudget _budget;

    public RetryBudgetTests() => _budget = new RetryBudget(new MonotonicClock(_time), always: 10);

    [Fact]
    public void TryTake_FewRequests_TenAreAllowed()
    {
        _budget.Count();

        Assert.Equal(10, TakeAll());
    }

    [Fact]
    public void TryTake_ManyRequests_PercentageIsAllowed()
    {
        for (var i = 0; i < 200; i++)
        {
            _budget.Count();
        }

        Assert.Equal(40, TakeAll());
    }

    [Fact]
    public void TryTake_TenSecondsLater_RequestsAndRetriesAreForgotten()
    {
        for (var i = 0; i < 200; i++)
        {
            _budget.Count();
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(40, TakeAll());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, TakeAll());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(10, TakeAll());
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(10, TakeAll());
    }

    private int TakeAll()
    {
        var taken = 0;
        while (_budget.TryTake(percent: 20))
        {
            taken++;
        }

        return taken;
    }
}
