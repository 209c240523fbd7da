using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.CircuitBreaking;

public sealed class CircuitBreakerTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly List<string> _transitions = [];
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() =>
        _breaker = new CircuitBreaker(new CircuitBreakerOptions(), (from, to, reason) => _transitions.Add($"{from}>{to}: {reason}"));

    [Fact]
    public void Failures_FifthInARow_Opens60Seconds()
    {
        Fail(4, 0);
        Assert.Equal(CircuitState.Closed, _breaker.State);

        Fail(1, 0);

        Assert.Equal(CircuitState.Open, _breaker.State);
        Assert.Equal(60 * Second, _breaker.ReopensIn(0));
        Assert.False(_breaker.TryEnter((60 * Second) - 1, out _));
        Assert.Equal(["Closed>Open: too many failures"], _transitions);
    }

    [Fact]
    public void Failures_SuccessBetween_StartAgain()
    {
        Fail(4, 0);
        Succeed(1, 0);
        Fail(4, 0);

        Assert.Equal(CircuitState.Closed, _breaker.State);
    }

    [Fact]
    public void HalfOpen_TwoSuccesses_Closes()
    {
        Fail(5, 0);
        Succeed(2, 60 * Second);

        Assert.Equal(CircuitState.Closed, _breaker.State);
        Assert.Equal(["Closed>Open: too many failures", "Open>HalfOpen: break is over", "HalfOpen>Closed: host is back"], _transitions);
    }

    [Fact]
    public void HalfOpen_MoreThanTwoAtOnce_AreRefused()
    {
        Fail(5, 0);

        Assert.True(_breaker.TryEnter(60 * Second, out var first));
        Assert.True(_breaker.TryEnter(60 * Second, out _));
        Assert.False(_breaker.TryEnter(60 * Second, out _));
        _breaker.Exit(first, BreakerSignal.None, 60 * Second);
        Assert.True(_breaker.TryEnter(60 * Second, out _));
    }

    [Fact]
    public void HalfOpen_ProbeAccepted_CountsBeforeItsStreamHasEnded()
    {
        Fail(5, 0);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(_breaker.TryEnter(60 * Second, out var permit));
            _breaker.Accept(permit, 60 * Second);
        }

        Assert.Equal(CircuitState.Closed, _breaker.State);
    }

    [Fact]
    public void HalfOpen_AcceptedProbeBreaksOffLater_OpensAgain()
    {
        Fail(5, 0);
        Assert.True(_breaker.TryEnter(60 * Second, out var permit));
        var rest = _breaker.Accept(permit, 60 * Second);

        _breaker.Exit(rest, BreakerSignal.Failure, 61 * Second);

        Assert.Equal(CircuitState.Open, _breaker.State);
    }

    [Fact]
    public void HalfOpen_FailedAgainAndAgain_BreakDoublesToTenMinutes()
    {
        Fail(5, 0);
        var now = 0L;
        var breaks = new List<long>();
        for (var i = 0; i < 6; i++)
        {
            breaks.Add(_breaker.ReopensIn(now) / Second);
            now += _breaker.ReopensIn(now);
            Fail(1, now);
        }

        Assert.Equal([60, 120, 240, 480, 600, 600], breaks);
    }

    [Fact]
    public void Trip_SoonAfterClosing_GoesOnGrowing()
    {
        Fail(5, 0);
        Succeed(2, 60 * Second);
        Fail(5, 90 * Second);

        Assert.Equal(120 * Second, _breaker.ReopensIn(90 * Second));
    }

    [Fact]
    public void Trip_LongAfterClosing_StartsFromTheBeginning()
    {
        Fail(5, 0);
        Succeed(2, 60 * Second);
        Fail(5, 120 * Second);

        Assert.Equal(60 * Second, _breaker.ReopensIn(120 * Second));
    }

    [Fact]
    public void Outcomes_FromBeforeTheBreak_ChangeNothing()
    {
        Assert.True(_breaker.TryEnter(0, out var slow));
        Fail(5, 0);
        Assert.True(_breaker.TryEnter(60 * Second, out _));

        _breaker.Exit(slow, BreakerSignal.Failure, 60 * Second);
        Assert.Equal(CircuitState.HalfOpen, _breaker.State);

        _breaker.Exit(slow, BreakerSignal.Success, 60 * Second);
        Assert.Equal(CircuitState.HalfOpen, _breaker.State);
    }

    [Fact]
    public void Reset_Open_ClosesAndForgets()
    {
        Fail(5, 0);
        _breaker.Reset();
        Assert.True(_breaker.TryEnter(1, out _));

        Fail(5, 2);
        Assert.Equal(60 * Second, _breaker.ReopensIn(2));
    }

    [Fact]
    public async Task ManyCallers_HostDead_SeesThresholdAndProbesOnly()
    {
        // Whoever is let in fails at once; no more may get in than the threshold, before others could know, plus probes.
        var options = new CircuitBreakerOptions();
        var breaker = new CircuitBreaker(options);
        var (entered, probes, mostProbes, now) = (0, 0, 0, 0L);
        for (var round = 0; round < 50; round++)
        {
            entered = 0;
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    if (breaker.TryEnter(Volatile.Read(ref now), out var permit))
                    {
                        Interlocked.Increment(ref entered);
                        var together = permit.IsProbe ? Interlocked.Increment(ref probes) : 0;
                        InterlockedMax(ref mostProbes, together);
                        Interlocked.Add(ref probes, permit.IsProbe ? -1 : 0);
                        breaker.Exit(permit, BreakerSignal.Failure, Volatile.Read(ref now));
                    }
                }
            })));
            Assert.InRange(entered, 1, round == 0 ? options.FailureThreshold + 3 : options.SuccessThreshold);
            Assert.Equal(CircuitState.Open, breaker.State);
            Volatile.Write(ref now, now + breaker.ReopensIn(now));
        }

        Assert.InRange(mostProbes, 1, options.SuccessThreshold);
    }

    [Fact]
    public async Task ManyCallers_AnyOutcomes_ProbesNeverExceedTheirPlaces()
    {
        var options = new CircuitBreakerOptions { FailureThreshold = 2, BreakDuration = TimeSpan.FromTicks(1_000_000), MaxBreakDuration = TimeSpan.FromTicks(2_000_000) };
        var breaker = new CircuitBreaker(options);
        var probes = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var now = System.Diagnostics.Stopwatch.GetTimestamp();
                if (breaker.TryEnter(now, out var permit))
                {
                    if (permit.IsProbe)
                    {
                        InterlockedMax(ref most, probes.AddOrUpdate(permit.Generation, 1, (_, count) => count + 1));
                        probes.AddOrUpdate(permit.Generation, 0, (_, count) => count - 1);
                    }

                    breaker.Exit(permit, (BreakerSignal)random.Next(3), now);
                }
            }
        })));

        Assert.InRange(most, 1, options.SuccessThreshold);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private void Fail(int times, long now) => Enter(times, BreakerSignal.Failure, now);

    private void Succeed(int times, long now) => Enter(times, BreakerSignal.Success, now);

    private void Enter(int times, BreakerSignal signal, long now)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.True(_breaker.TryEnter(now, out var permit));
            _breaker.Exit(permit, signal, now);
        }
    }
}
