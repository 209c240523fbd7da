using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.RateLimiting;

namespace Morgan.Tests.Upstreams.RateLimiting;

public sealed class HostLimiterTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly HostLimiter _limiter;

    public HostLimiterTests() => _limiter = new HostLimiter(Bucket(rate: 2, burst: 3), new MonotonicClock(_time));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public async Task WaitAsync_Queue_ServedInOrderAtTheRate()
    {
        Drain();
        var order = new List<int>();
        var waits = Enumerable.Range(0, 4).Select(i => WaitAsync(i, order)).ToArray();
        Assert.Equal(4, _limiter.Describe().Waiting);

        for (var served = 1; served <= 4; served++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(499));
            Assert.Equal(served - 1, waits.Count(wait => wait.IsCompleted));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await waits[served - 1];
        }

        Assert.Equal([0, 1, 2, 3], order);
    }

    [Fact]
    public async Task WaitAsync_CannotSucceedInTime_RefusedAtOnce()
    {
        Drain();
        var first = _limiter.WaitAsync("", Second, Cancellation);
        var second = _limiter.WaitAsync("", Second, Cancellation);

        Assert.Equal(1.5 * Second, _limiter.Delay(""));
        Assert.False(await _limiter.WaitAsync("", Second, Cancellation));

        _time.Advance(Second);
        Assert.True(await first && await second);
    }

    [Fact]
    public async Task WaitAsync_ExactlyInTime_Served()
    {
        Drain();
        var wait = _limiter.WaitAsync("", TimeSpan.FromMilliseconds(500), Cancellation);
        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitAsync_QueueFull_RefusedAtOnce()
    {
        _limiter.Configure(Bucket(rate: 2, burst: 3) with { QueueLimit = 1 });
        Drain();
        var first = _limiter.WaitAsync("", 10 * Second, Cancellation);

        Assert.False(await _limiter.WaitAsync("", 10 * Second, Cancellation));
        _time.Advance(Second);
        Assert.True(await first);
    }

    [Fact]
    public async Task WaitAsync_OneFlowFloods_AnotherWaitsForOnePermitMore()
    {
        _limiter.Configure(Bucket(rate: 2, burst: 3) with { QueueLimit = 20 });
        Drain();
        var flood = Enumerable.Range(0, 30).Select(_ => _limiter.WaitAsync("flood", 60 * Second, Cancellation).AsTask()).ToArray();
        Assert.Equal(18, _limiter.Describe().Waiting);
        Assert.Equal(1 * Second, _limiter.Delay("other"));
        Assert.Equal(9.5 * Second, _limiter.Delay("flood"));

        var other = _limiter.WaitAsync("other", Second, Cancellation);
        _time.Advance(Second / 2);
        _time.Advance(Second / 2);

        Assert.True(await other);
        Assert.Equal(17, _limiter.Describe().Waiting);
        _limiter.Dispose();
        Assert.Equal(18, (await Task.WhenAll(flood)).Count(isServed => isServed));
    }

    [Fact]
    public async Task WaitAsync_CallersGoneAway_LeaveNoDebt()
    {
        Drain();
        using var gone = new CancellationTokenSource();
        var waits = Enumerable.Range(0, 15).Select(_ => _limiter.WaitAsync("", 10 * Second, gone.Token).AsTask()).ToArray();
        Assert.Equal(8 * Second, _limiter.Delay(""));

        await gone.CancelAsync();
        foreach (var wait in waits)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }

        Assert.Equal(0, _limiter.Describe().Waiting);
        Assert.Equal(0.5 * Second, _limiter.Delay(""));
    }

    [Fact]
    public async Task WaitAsync_RefusedAsItsTimeIsOver_GivesNoPermitBackThatItNeverHad()
    {
        _limiter.Configure(Bucket(rate: 2, burst: 1000));
        Drain();
        for (var round = 0; round < 50; round++)
        {
            var wait = _limiter.WaitAsync("", Second / 2, Cancellation);
            _time.Advance(2 * Second); // the queue is served, too late for it, and its own timer fires

            Assert.False(await wait);
            Assert.Equal(4, _limiter.Describe().Available);
            Drain();
        }
    }

    [Fact]
    public async Task TryTake_OthersWait_NobodyOvertakes()
    {
        Drain();
        var wait = _limiter.WaitAsync("", Second, Cancellation);
        Assert.False(_limiter.HasPermit(long.MaxValue));
        Assert.False(_limiter.TryTake());

        _time.Advance(Second);
        Assert.True(await wait);
        Assert.True(_limiter.TryTake());
    }

    [Fact]
    public async Task Return_UnusedPermit_GoesToTheQueue()
    {
        Drain();
        var wait = _limiter.WaitAsync("", Second, Cancellation);

        _limiter.Return();

        Assert.True(await wait);
    }

    [Fact]
    public async Task Configure_LimitRaised_QueueIsServedSooner()
    {
        Drain();
        var waits = Enumerable.Range(0, 8).Select(_ => _limiter.WaitAsync("", 10 * Second, Cancellation).AsTask()).ToArray();

        _limiter.Configure(Bucket(rate: 100, burst: 3));
        for (var i = 0; i < 8; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.All(await Task.WhenAll(waits), Assert.True);
    }

    [Fact]
    public void Configure_OtherLimit_GivesNoNewBurst()
    {
        Drain();
        _limiter.Configure(Bucket(rate: 2, burst: 50));
        Assert.False(_limiter.TryTake());

        _limiter.Configure(new RateLimitOptions { Algorithm = RateLimitAlgorithms.SlidingWindow, RequestsPerSecond = 5 });
        Assert.False(_limiter.TryTake());
        _time.Advance(Second);
        Assert.Equal(5, _limiter.Describe().Available);
    }

    [Fact]
    public void Describe_SomeTaken_SaysHowMuch()
    {
        Assert.Equal(new LimiterView(3, 0, 0), _limiter.Describe());
        Assert.True(_limiter.TryTake());
        Assert.True(_limiter.TryTake());

        Assert.Equal(new LimiterView(1, 0, 0.6667), _limiter.Describe());
    }

    [Fact]
    public async Task Dispose_LimitGone_QueueIsServed()
    {
        Drain();
        var wait = _limiter.WaitAsync("", Second, Cancellation);

        _limiter.Dispose();

        Assert.True(await wait);
    }

    [Fact]
    public async Task WaitAsync_ManyCallersOnRealTime_EachServedOnceAndNeverFasterThanTheRate()
    {
        using var limiter = new HostLimiter(Bucket(rate: 200, burst: 10), new MonotonicClock(TimeProvider.System));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var served = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => limiter.WaitAsync("", 10 * Second, Cancellation).AsTask()));

        Assert.All(served, Assert.True);
        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(248));
    }

    private static RateLimitOptions Bucket(double rate, int burst) =>
        new() { Algorithm = RateLimitAlgorithms.TokenBucket, RequestsPerSecond = rate, Burst = burst };

    private async Task WaitAsync(int number, List<int> order)
    {
        Assert.True(await _limiter.WaitAsync("", 10 * Second, Cancellation));
        order.Add(number);
    }

    private void Drain()
    {
        while (_limiter.TryTake())
        {
        }
    }
}
