using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.RateLimiting;

namespace Morgan.Tests.Upstreams.RateLimiting;

/// <summary>A host's limit that replicas have together.</summary>
public sealed class SharedHostLimiterTests : IDisposable
{
    private static readonly RateLimitOptions Limit = new()
    {
        Algorithm = RateLimitAlgorithms.SlidingWindow,
        RequestsPerSecond = 9,
        Window = TimeSpan.FromSeconds(1),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeFleet _fleet = new();
    private readonly HostLimiter _limiter;
    private readonly MonotonicClock _clock;

    public SharedHostLimiterTests() => _limiter = new HostLimiter(Limit, _clock = new MonotonicClock(_time), _fleet, "one");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public async Task Permit_IsHadOnlyFromTheOthers()
    {
        _fleet.Permits = 1;

        Assert.False(_limiter.TryTake());
        Assert.True(_limiter.HasPermit(_clock.Now));
        Assert.True(await _limiter.AskAsync("", Cancellation));
        Assert.False(_limiter.HasPermit(_clock.Now)); // the answer said so
        Assert.False(await _limiter.AskAsync("", Cancellation));
        Assert.Equal([1], _fleet.Wanted);
    }

    [Fact]
    public async Task Waiters_AreServedInOrderAsPermitsComeFree_AllOfThemInOneQuestion()
    {
        _fleet.Slow = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 4).Select(_ => _limiter.WaitAsync("", TimeSpan.FromSeconds(5), Cancellation).AsTask()).ToList();
        _fleet.Permits = 2;
        _fleet.Slow.SetResult();
        await Eventually.TrueAsync(() => waiting.Count(task => task.IsCompleted) == 2, "two of them are served");
        Assert.True(waiting[0].IsCompleted && waiting[1].IsCompleted);

        _fleet.Permits = 9;
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return waiting.TrueForAll(task => task.IsCompleted);
            },
            "then the others");
        Assert.All(waiting, task => Assert.True(task.Result));
        Assert.InRange(_fleet.Wanted.Count, 2, 4);
    }

    [Fact]
    public async Task ManyWhoAskAtOnce_AreAllAnsweredBeforeAnybodyWaits()
    {
        _fleet.Slow = new TaskCompletionSource();
        var asking = Enumerable.Range(0, 5).Select(_ => _limiter.AskAsync("", Cancellation).AsTask()).ToList();
        Assert.True(_limiter.HasPermit(_clock.Now));
        _fleet.Permits = 3;
        _fleet.Slow.SetResult();

        var answers = await Task.WhenAll(asking);
        Assert.Equal(3, answers.Count(isGranted => isGranted));
        Assert.Equal(2, _fleet.Wanted.Count);
    }

    [Fact]
    public async Task OthersOutOfReach_ItGoesByItsShare_AndTellsThemAfterwards()
    {
        _fleet.IsUp = false;
        var taken = Enumerable.Range(0, 9).Count(_ => _limiter.TryTake());
        Assert.Equal(3, taken);
        Assert.False(await _limiter.AskAsync("", Cancellation));

        (_fleet.IsUp, _fleet.Permits) = (true, 9);
        _limiter.Reconcile();
        Assert.Equal(6, _fleet.Permits);
        Assert.True(await _limiter.AskAsync("", Cancellation));
        Assert.Equal(5, _fleet.Permits);
    }

    [Fact]
    public async Task WhatWasHadFromTheOthers_CountsInTheShareWhenTheyGo()
    {
        _fleet.Permits = 2;
        Assert.True(await _limiter.AskAsync("", Cancellation));
        Assert.True(await _limiter.AskAsync("", Cancellation));

        _fleet.IsUp = false;

        Assert.True(_limiter.TryTake());
        Assert.False(_limiter.TryTake());
    }

    [Theory]
    [InlineData(RateLimitAlgorithms.SlidingWindow, 1, 3)]
    [InlineData(RateLimitAlgorithms.SlidingWindow, 0.5, 10)]
    [InlineData(RateLimitAlgorithms.SlidingWindow, 100, 7)]
    [InlineData(RateLimitAlgorithms.TokenBucket, 100, 7)]
    public void Shares_Together_AreNotMoreThanTheLimit(string algorithm, double rate, int replicas)
    {
        var whole = Limit with { Algorithm = algorithm, RequestsPerSecond = rate, Window = TimeSpan.FromSeconds(2), Burst = 20 };

        var share = FleetShare.Of(whole, replicas);

        Assert.InRange(share.RequestsPerSecond * replicas, 0, rate + 1e-9);
        Assert.InRange(share.Burst * replicas, 1, whole.Burst);
        Assert.True(share.RequestsPerSecond * share.Window.TotalSeconds > 0.999);
    }
}
