using System.Collections.Concurrent;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Cancellation sources with a timer, used again: every request needs some, and nearly all are given back uncancelled.
/// </summary>
/// <remarks>
/// Who gives one back must be the last who uses it or its token: registrations disposed, reads that were given the token
/// over.
/// </remarks>
public static class PooledCancellation
{
    private const int MostKept = 1024;

    private static readonly ConcurrentQueue<CancellationTokenSource> Sources = new();
    private static int _kept;

    /// <summary>A source that is not cancelled.</summary>
    /// <param name="delay">After which it is; negative: never.</param>
    /// <param name="time">The clock; only the system's can be used again.</param>
    public static CancellationTokenSource Rent(TimeSpan delay, TimeProvider time)
    {
        var limit = delay < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : delay;
        if (time != TimeProvider.System)
        {
            return new CancellationTokenSource(limit, time);
        }

        if (Sources.TryDequeue(out var source))
        {
            Interlocked.Decrement(ref _kept);
        }
        else
        {
            source = new CancellationTokenSource();
        }

        source.CancelAfter(limit);
        return source;
    }

    /// <summary>Gives a source back.</summary>
    public static void Return(CancellationTokenSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (Volatile.Read(ref _kept) < MostKept && source.TryReset())
        {
            Interlocked.Increment(ref _kept);
            Sources.Enqueue(source);
        }
        else
        {
            source.Dispose();
        }
    }
}
