using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class PooledCancellationTests
{
    [Fact]
    public async Task Rent_ManyAtOnce_NobodyHearsOfAnothersCancellation()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 5_000; i++)
            {
                var source = PooledCancellation.Rent(TimeSpan.FromMinutes(1), TimeProvider.System);
                Assert.False(source.IsCancellationRequested);
                var heard = false;
                var registration = source.Token.Register(() => heard = true);
                var cancels = random.Next(2) == 0;
                if (cancels)
                {
                    source.Cancel();
                }

                Assert.Equal(cancels, heard);
                registration.Dispose();
                PooledCancellation.Return(source);
            }
        })));
    }

    [Fact]
    public async Task Rent_AfterOneWithADelayWasReturned_ItsTimerIsGone()
    {
        var short1 = PooledCancellation.Rent(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        PooledCancellation.Return(short1);
        var others = Enumerable.Range(0, 16).Select(_ => PooledCancellation.Rent(Timeout.InfiniteTimeSpan, TimeProvider.System)).ToArray();
        var later = PooledCancellation.Rent(TimeSpan.FromMilliseconds(400), TimeProvider.System);

        await Eventually.TrueAsync(() => later.IsCancellationRequested, "the later one is cancelled");

        Assert.All(others, other => Assert.False(other.IsCancellationRequested));
        Array.ForEach([.. others, later], PooledCancellation.Return);
    }

    [Fact]
    public void Rent_OtherClock_IsCancelledByIt()
    {
        var time = new FakeTimeProvider();
        var source = PooledCancellation.Rent(TimeSpan.FromSeconds(5), time);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(source.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(source.IsCancellationRequested);
        PooledCancellation.Return(source);
    }
}
