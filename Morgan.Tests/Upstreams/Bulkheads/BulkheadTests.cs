using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Bulkheads;

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
        var waiter = new PlaceWaiter();
        Assert.True(waiter.TryJoin(bulkhead, 10));
        var wait = waiter.WaitAsync(Minute, Never, _time, gone.Token).AsTask();

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
        Assert.True(new PlaceWaiter().TryJoin(bulkhead, 1));

        Assert.False(new PlaceWaiter().TryJoin(bulkhead, 1));
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
                    var waiter = new PlaceWaiter();
                    using var impatience = new CancellationTokenSource();
                    Assert.True(waiter.TryJoin(bulkhead, 100));
                    var wait = waiter.WaitAsync(Minute, Never, TimeProvider.System, impatience.Token);
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

    private Task<Bulkhead?> WaitAsync(params Bulkhead[] bulkheads)
    {
        var waiter = new PlaceWaiter();
        foreach (var bulkhead in bulkheads)
        {
            Assert.True(waiter.TryJoin(bulkhead, 10));
        }

        return waiter.WaitAsync(Minute, Never, _time, Cancellation).AsTask();
    }
}
