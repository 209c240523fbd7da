using System.Threading.RateLimiting;
using CsCheck;
using Morgan.Upstreams.RateLimiting;

namespace Morgan.Tests.Upstreams.RateLimiting;

public sealed class PermitScheduleTests
{
    private const long Second = TimeSpan.TicksPerSecond;

    private static readonly Gen<long[]> Arrivals = Gen.Long[0, Second / 3].Array[1, 400];

    [Fact]
    public void SlidingWindow_AnyArrivals_NoWindowExceedsTheLimit() =>
        Gen.Select(Arrivals, Gen.Int[1, 12]).Sample(
            (steps, limit) =>
            {
                var taken = Take(new SlidingWindow(limit, Second), steps);

                // Any limit+1 in a row span more than a window: what is true of those is true of every window.
                for (var i = 0; i + limit < taken.Count; i++)
                {
                    Assert.True(taken[i + limit] - taken[i] >= Second);
                }
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void TokenBucket_AnyArrivals_NoSpanExceedsBurstAndRate() =>
        Gen.Select(Arrivals, Gen.Int[1, 20], Gen.Double[0.5, 30]).Sample(
            (steps, burst, rate) =>
            {
                var taken = Take(new TokenBucket(rate, burst, 0), steps);
                for (var i = 0; i < taken.Count; i++)
                {
                    for (var j = i; j < taken.Count; j++)
                    {
                        Assert.True(j - i + 1 <= burst + (rate * (taken[j] - taken[i]) / Second) + 1e-6);
                    }
                }
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void WhenAvailable_AnyState_IsExactlyWhenThatManyCanBeTaken() =>
        Gen.Select(Arrivals, Gen.Int[1, 8], Gen.Int[1, 30], Gen.Bool).Sample(
            (steps, limit, count, window) =>
            {
                PermitSchedule Create() => window ? new SlidingWindow(limit, Second) : new TokenBucket(limit, limit, 0);
                var (schedule, now) = (Create(), 0L);
                foreach (var step in steps)
                {
                    now += step;
                    schedule.TryTake(now);
                }

                // Taking each as soon as it is said to be there gets there at the time that was foretold, not before.
                var foretold = schedule.WhenAvailable(count, now);
                for (var i = 1; i <= count; i++)
                {
                    var next = schedule.WhenAvailable(1, now);
                    Assert.True(next == now || !schedule.TryTake(next - 2));
                    now = next;
                    Assert.True(schedule.TryTake(now));
                }

                Assert.InRange(now - foretold, -count, count);
            },
            iter: 500,
            threads: 1);

    [Fact]
    public void SlidingWindow_PermitReturned_CanBeTakenAgain()
    {
        var window = new SlidingWindow(2, Second);
        Assert.True(window.TryTake(0));
        Assert.True(window.TryTake(10));
        window.Return(10);

        Assert.Equal(1, window.Available(10));
        Assert.True(window.TryTake(20));
        Assert.Equal(Second, window.WhenAvailable(1, 20));
        Assert.Equal(Second + 20, window.WhenAvailable(2, 20));
    }

    // Why there is an own one: permits of a segment come back when the segment began a window ago, not when they did.
    [Fact]
    public void SlidingWindowOfTheFramework_EndOfASegment_SeesTwiceTheLimitInOneWindow()
    {
        using var limiter = new SlidingWindowRateLimiter(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = 10,
            Window = TimeSpan.FromMilliseconds(200),
            SegmentsPerWindow = 2,
            AutoReplenishment = false,
        });
        Wait(90);
        Assert.True(limiter.AttemptAcquire(10).IsAcquired);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Wait(15);
        limiter.TryReplenish();
        Wait(101);
        limiter.TryReplenish();

        var second = limiter.AttemptAcquire(10).IsAcquired;

        Assert.SkipUnless(clock.ElapsedMilliseconds < 200, "this machine is too busy to show it");
        Assert.True(second);

        static void Wait(int milliseconds) => SpinWait.SpinUntil(() => false, milliseconds);
    }

    private static List<long> Take(PermitSchedule schedule, long[] steps)
    {
        var (taken, now) = (new List<long>(), 0L);
        foreach (var step in steps)
        {
            now += step;
            while (schedule.TryTake(now))
            {
                taken.Add(now);
            }
        }

        return taken;
    }
}
