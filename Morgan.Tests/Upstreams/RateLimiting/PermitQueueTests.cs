using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.RateLimiting;

namespace Morgan.Tests.Upstreams.RateLimiting;

/// <summary>Who waits for a host's permits, on fake time.</summary>
public sealed class PermitQueueTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // Of which flow, how long after the one before (in ticks), how long it can wait (in ticks).
    private static readonly Gen<(int Flow, int Gap, int Patience)[]> Arrivals = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 12], Gen.Int[0, 300]).Array[1, 80];

    private readonly FakeTimeProvider _time = new();
    private readonly PermitQueue _queue = new();
    private readonly PermitSource _source;
    private readonly List<PermitWaiter> _waiters = [];

    public PermitQueueTests() => _source = new PermitSource(Limit(), new MonotonicClock(_time), null);

    [Theory]
    [InlineData(RateLimitAlgorithms.TokenBucket)]
    [InlineData(RateLimitAlgorithms.SlidingWindow)]
    public void AnyArrivals_OneFlow_WhoeverIsToldToWaitIsServedInTime(string algorithm) => Arrivals.Sample(arrivals =>
    {
        var run = new PermitQueueTests();
        run._source.Configure(Limit(algorithm), run._source.Now());
        run.Play(arrivals.Select(arrival => arrival with { Flow = 0 }));

        return run._waiters.TrueForAll(waiter => waiter.IsServed);
    });

    [Fact]
    public void AnyArrivals_NobodyIsServedPastItsDeadline_AndWhoCannotBeInTimeIsRefusedAtOnce() => Arrivals.Sample(arrivals =>
    {
        var run = new PermitQueueTests();
        run.Play(arrivals);

        Assert.Equal(0, run._queue.Count);
        return run._waiters.TrueForAll(waiter => waiter.Served.Task.IsCompleted);
    });

    [Fact]
    public void Flood_OfOneFlow_DelaysAnotherByOnePermit()
    {
        Drain();
        while (TryJoin("flood", TimeSpan.FromMinutes(10)))
        {
        }

        var other = _source.WhenAvailable(2, _source.Now());

        Assert.True(TryJoin("other", TimeSpan.FromSeconds(1)));
        RunUntil(() => _waiters[^1].Served.Task.IsCompleted);
        Assert.True(_waiters[^1].IsServed);
        Assert.InRange(_source.Now(), other, other + Tick.Ticks);
        Assert.Equal(1, _waiters.Count(waiter => waiter.Served.Task.IsCompleted && waiter.Place.Flow == "flood"));
    }

    [Fact]
    public void EarlierDeadline_GoesFirst_ButNotAtTheCostOfOneWhoWasToldToWait()
    {
        Drain();
        Assert.True(TryJoin("a", TimeSpan.FromMilliseconds(100)));  // served after 100 ms
        Assert.True(TryJoin("a", TimeSpan.FromMilliseconds(1000))); // after 200 ms
        Assert.True(TryJoin("a", TimeSpan.FromMilliseconds(250)));  // before the last, which can wait

        Assert.False(TryJoin("a", TimeSpan.FromMilliseconds(220))); // would make that one late
        RunUntil(() => _queue.Count == 0);
        Assert.All(_waiters, waiter => Assert.True(waiter.IsServed));
    }

    [Fact]
    public void OtherFlowComes_ThatTakesItsTurns_WhoIsLateByItIsRefusedAndCostsNoPermit()
    {
        Drain();
        Assert.True(TryJoin("a", TimeSpan.FromMilliseconds(100)));
        Assert.True(TryJoin("a", TimeSpan.FromMilliseconds(200)));
        for (var i = 0; i < 5; i++)
        {
            Assert.True(TryJoin($"b{i}", TimeSpan.FromSeconds(10)));
        }

        RunUntil(() => _queue.Count == 0);
        Assert.Equal([true, false, true, true, true, true, true], _waiters.Select(waiter => waiter.IsServed));
        Assert.InRange(_source.Now(), 6 * TimeSpan.FromMilliseconds(100).Ticks, 7 * TimeSpan.FromMilliseconds(100).Ticks);
    }

    [Fact]
    public void QueueOfOneFlow_LeavesRoomForOthers()
    {
        Drain();
        while (TryJoin("flood", TimeSpan.FromMinutes(10)))
        {
        }

        Assert.Equal(36, _queue.Count);
        Assert.Equal(36, _queue.Patient);
    }

    [Fact]
    public void Queue_WithThoseWhoDoNotWait_HoldsNoMoreThanItsBoundInAll()
    {
        Drain();
        for (var i = 0; i < 30; i++)
        {
            _queue.Join(new PermitWaiter(""));
        }

        while (TryJoin("", TimeSpan.FromMinutes(10)))
        {
        }

        Assert.Equal(40, _queue.Count);
    }

    private static RateLimitOptions Limit(string algorithm = RateLimitAlgorithms.TokenBucket) =>
        new() { Algorithm = algorithm, RequestsPerSecond = 10, Burst = 2, QueueLimit = 40 };

    private void Drain()
    {
        while (_source.TryTake(_source.Now()))
        {
        }
    }

    private void Play(IEnumerable<(int Flow, int Gap, int Patience)> arrivals)
    {
        foreach (var (flow, gap, patience) in arrivals)
        {
            for (var i = 0; i < gap; i++)
            {
                Step();
            }

            if (_queue.Count > 0 || !_source.TryTake(_source.Now()))
            {
                TryJoin(flow.ToString(System.Globalization.CultureInfo.InvariantCulture), patience * Tick);
            }
        }

        RunUntil(() => _queue.Count == 0);
    }

    private bool TryJoin(string flow, TimeSpan patience)
    {
        var now = _source.Now();
        var deadline = now + patience.Ticks;
        var isInTime = _queue.WhenServed(flow, deadline, _source, now) <= deadline;
        if (!_queue.MayWait(flow, deadline, _source, now))
        {
            return false;
        }

        Assert.True(isInTime);
        var waiter = new PermitWaiter(flow, deadline);
        _queue.Join(waiter);
        _waiters.Add(waiter);
        return true;
    }

    private void RunUntil(Func<bool> isDone)
    {
        for (var i = 0; !isDone(); i++)
        {
            Assert.True(i < 10_000);
            Step();
        }
    }

    private void Step()
    {
        _time.Advance(Tick);
        var now = _source.Now();
        var before = _waiters.Where(waiter => !waiter.Served.Task.IsCompleted).ToList();
        while (_queue.Count > 0 && _source.TryTake(now))
        {
            if (!_queue.Serve(now))
            {
                _source.Return(now);
            }
        }

        foreach (var waiter in before.Where(waiter => waiter.IsServed))
        {
            Assert.InRange(now, 0, waiter.Place.Deadline + PermitQueue.Grace.Ticks);
        }
    }
}
