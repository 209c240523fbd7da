using Morgan.Benchmarks.Limits;

namespace Morgan.Tests.Benchmarks;

public sealed class VirtualTimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly VirtualTime _time = new();
    private readonly List<(string Who, double At)> _seen = [];

    [Fact]
    public void Run_DelaysAndTimers_HappenInOrderOfTheirMoments()
    {
        _time.Run(async () =>
        {
            var late = SeeAsync("late", 3600);
            var early = SeeAsync("early", 1);
            using var timer = new PeriodicTimer(2 * Second, _time);
            for (var i = 0; i < 2; i++)
            {
                await timer.WaitForNextTickAsync();
                See($"tick {i}");
            }

            await Task.WhenAll(late, early);
        });

        Assert.Equal([("early", 1), ("tick 0", 2), ("tick 1", 4), ("late", 3600)], _seen);
    }

    [Fact]
    public void Run_WaitThatIsOverBeforeItsTime_EndsThen()
    {
        _time.Run(async () =>
        {
            var done = new TaskCompletionSource();
            var waiting = done.Task.WaitAsync(10 * Second, _time);
            await Task.Delay(Second, _time);
            done.SetResult();
            await waiting;
            See("done");
            await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(10 * Second, _time));
            See("given up");
        });

        Assert.Equal([("done", 1), ("given up", 11)], _seen);
    }

    [Fact]
    public void Run_SomethingThatIsNotOnTheClock_Fails() =>
        Assert.Throws<InvalidOperationException>(() => _time.Run(() => new TaskCompletionSource().Task));

    private async Task SeeAsync(string who, double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), _time);
        See(who);
    }

    private void See(string who) => _seen.Add((who, _time.GetElapsedTime(0).TotalSeconds));
}
