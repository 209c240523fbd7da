using System.Collections.Concurrent;
using System.Diagnostics;

namespace Morgan.Tests.Chaos.Matrix;

/// <summary>
/// Notices when this process could not run: the limits of the matrix are a second, so what a cell came to while the
/// machine stood still for a good part of one says nothing of the gateway.
/// </summary>
internal sealed class StallWatch : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<long> _stalls = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;

    public StallWatch() => _beating = BeatAsync();

    /// <summary>Whether there was a stall since a timestamp of <see cref="Stopwatch"/>.</summary>
    public bool HasStalledSince(long timestamp) => _stalls.Any(at => at >= timestamp);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _beating;
        _end.Dispose();
    }

    private async Task BeatAsync()
    {
        for (var last = Stopwatch.GetTimestamp(); !_end.IsCancellationRequested; last = Stopwatch.GetTimestamp())
        {
            await Task.Delay(Beat, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Stopwatch.GetElapsedTime(last) > Stall)
            {
                _stalls.Enqueue(Stopwatch.GetTimestamp());
            }
        }
    }
}
