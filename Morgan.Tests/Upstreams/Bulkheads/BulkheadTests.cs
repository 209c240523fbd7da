using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Bulkheads;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Bulkheads;

public sealed class BulkheadTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void TryEnter_Full_Refused()
    {
        var bulkhead = Create(2);

        Assert.True(bulkhead.TryEnter() && bulkhead.TryEnter());
        Assert.True(bulkhead.IsFull);
        Assert.False(bulkhead.TryEnter());
        bulkhead.Exit();
        Assert.True(bulkhead.TryEnter());
    }

    [Fact]
    public async Task Exit_SomebodyWaits_PlaceIsHandedOverAndNobodyOvertakes()
    {
        var bulkhead = Full(1);
        var first = WaitAsync(bulkhead);
        var second = WaitAsync(bulkhead);

        bulkhead.Exit();

        Assert.False(bulkhead.TryEnter());
        Assert.Same(bulkhead, await first);
        Assert.False(second.IsCompleted);
        bulkhead.Exit();
        Assert.Same(bulkhead, await second);
        Assert.Equal(1, bulkhead.Taken);
    }

    [Fact]
    public async Task Exit_OneFlowFloods_PlacesGoToFlowsInTurns()
    {
        var bulkhead = Full(1);
        var flood = Enumerable.Range(0, 5).Select(_ => WaitAsync(Waiter("flood"), bulkhead)).ToArray();
        var other = WaitAsync(Waiter("other"), bulkhead);

        bulkhead.Exit();
        Assert.Same(bulkhead, await flood[0]);
        bulkhead.Exit();
        Assert.Same(bulkhead, await other);
        bulkhead.Exit();
        Assert.Same(bulkhead, await flood[1]);
        Assert.False(flood[2].IsCompleted);
    }

    [Fact]
    public async Task Exit_FirstIsPastItsDeadline_PlaceGoesToTheNext()
    {
        var bulkhead = Full(1);
        var late = new PlaceWaiter(new MonotonicClock(_time), "", TimeSpan.FromSeconds(1));
        Assert.True(late.TryJoin(bulkhead, 10));
        var next = WaitAsync(bulkhead);
        _time.Advance(TimeSpan.FromSeconds(2));

        bulkhead.Exit();

        Assert.Same(bulkhead, await next);
        Assert.Null(await late.WaitAsync(TimeSpan.Zero, Never, Cancellation));
    }

    [Fact]
    public async Task WaitAsync_SeveralFullHosts_FirstFreePlaceOfAny()
    {
        var (a, b) = (Full(1), Full(1));
        var wait = WaitAsync(a, b);

        b.Exit();

        Assert.Same(b, await wait);
        a.Exit();
        Assert.Equal(0, a.Taken);
    }

    [Fact]
    public async Task WaitAsync_TimeOver_NullAndOutOfTheQueue()
    {
        var bulkhead = Full(1);
        var wait = WaitAsync(bulkhead);

        _time.Advance(Minute);

        Assert.Null(await wait);
        bulkhead.Exit();
        Assert.Equal(0, bulkhead.Taken);
    }

    [Fact]
    public async Task WaitAsync_CallerGone_OutOfTheQueue()
    {
        var bulkhead = Full(1);
        using var gone = new CancellationTokenSource();
        var waiter = Waiter();
        Assert.True(waiter.TryJoin(bulkhead, 10));
        var wait = waiter.WaitAsync(Minute, Never, gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        bulkhead.Exit();
        Assert.Equal(0, bulkhead.Taken);
    }

    [Fact]
    public async Task Configure_MorePlaces_QueueGetsThem()
    {
        var bulkhead = Full(1);
        var waits = Enumerable.Range(0, 3).Select(_ => WaitAsync(bulkhead)).ToArray();

        bulkhead.Configure(3);
        Assert.All(await Task.WhenAll(waits[..2]), place => Assert.Same(bulkhead, place));
        Assert.False(waits[2].IsCompleted);

        bulkhead.Configure(0);
        Assert.Same(bulkhead, await waits[2]);
        Assert.Equal(4, bulkhead.Taken);
    }

    [Fact]
    public void TryJoin_QueueFull_Refused()
    {
        var bulkhead = Full(1);
        Assert.True(Waiter().TryJoin(bulkhead, 1));

        Assert.False(Waiter().TryJoin(bulkhead, 1));
    }

    [Fact]
    public async Task ManyCallers_Places_AreNeverExceededAndNeverLost()
    {
        var bulkhead = Create(3);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 2_000; i++)
            {
                if (!bulkhead.TryEnter())
                {
                    var waiter = new PlaceWaiter(new MonotonicClock(TimeProvider.System), $"{seed % 3}", Minute);
                    using var impatience = new CancellationTokenSource();
                    Assert.True(waiter.TryJoin(bulkhead, 100));
                    var wait = waiter.WaitAsync(Minute, Never, impatience.Token);
                    if (random.Next(4) == 0)
                    {
                        await impatience.CancelAsync();
                    }

                    try
                    {
                        if (await wait is null)
                        {
                            continue;
                        }
                    }
                    catch (OperationCanceledException)
                    {
                        continue;
                    }
                }

                var now = Interlocked.Increment(ref inside);
                for (var seen = most; now > seen; seen = most)
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                await Task.Yield();
                Interlocked.Decrement(ref inside);
                bulkhead.Exit();
            }
        })));

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, bulkhead.Taken);
    }

    private static Bulkhead Create(int places)
    {
        var bulkhead = new Bulkhead();
        bulkhead.Configure(places);
        return bulkhead;
    }

    private static Bulkhead Full(int places)
    {
        var bulkhead = Create(places);
        while (bulkhead.TryEnter())
        {
        }

        return bulkhead;
    }

    private PlaceWaiter Waiter(string flow = "") => new(new MonotonicClock(_time), flow, Minute);

    private Task<Bulkhead?> WaitAsync(params Bulkhead[] bulkheads) => WaitAsync(Waiter(), bulkheads);

    private static Task<Bulkhead?> WaitAsync(PlaceWaiter waiter, params Bulkhead[] bulkheads)
    {
        foreach (var bulkhead in bulkheads)
        {
            Assert.True(waiter.TryJoin(bulkhead, 10));
        }

        return waiter.WaitAsync(Minute, Never, Cancellation).AsTask();
    }
}
