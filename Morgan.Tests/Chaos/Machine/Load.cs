using System.Collections.Concurrent;
using System.Diagnostics;

namespace Morgan.Tests.Chaos.Machine;

/// <summary>Workers that do the same thing over and over, and what it took and came to each time.</summary>
/// <typeparam name="T">What one time comes to.</typeparam>
internal sealed class Load<T> : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<(TimeSpan Began, TimeSpan Took, T Result)> _done = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Task[] _workers;
    private int _turn;

    /// <summary>Begins. <paramref name="once"/> gets the number of the time, from 0.</summary>
    public Load(int workers, Func<int, Task<T>> once) =>
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(once)))];

    /// <summary>Since the beginning.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>How many times are done.</summary>
    public int Count => _done.Count;

    /// <summary>What was done from a moment on.</summary>
    public IReadOnlyList<(TimeSpan Began, TimeSpan Took, T Result)> Since(TimeSpan began) => [.. _done.Where(one => one.Began >= began)];

    /// <summary>Waits until <paramref name="more"/> times more are done.</summary>
    public Task MoreAsync(int more)
    {
        var target = _done.Count + more;
        return Eventually.TrueAsync(
            () =>
            {
                Assert.DoesNotContain(_workers, worker => worker.IsFaulted);
                return _done.Count >= target;
            },
            $"{more} more requests", TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends it. Rethrows what a worker has failed with.</summary>
    public async Task<IReadOnlyList<(TimeSpan Began, TimeSpan Took, T Result)>> EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_workers);
        return [.. _done];
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task WorkAsync(Func<int, Task<T>> once)
    {
        while (!_end.IsCancellationRequested)
        {
            var began = Now;
            var result = await once(Interlocked.Increment(ref _turn) - 1);
            _done.Enqueue((began, Now - began, result));
        }
    }
}
