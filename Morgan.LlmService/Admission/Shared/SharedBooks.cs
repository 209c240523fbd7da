using System.Collections.Concurrent;
using System.Globalization;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>This replica's end of the books that all replicas share, and what it knows of the others.</summary>
internal sealed class SharedBooks(LimitStore store, LimitMetrics metrics, SharedTimes times, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Tenant, string? Key), SharedBook> _books = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile int _replicas = 1;
    private volatile int _sharers = 1;
    private long _sharersSeen;
    private long _last;

    /// <summary>A name for this replica that no other has, nor it after a restart.</summary>
    public string Replica { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>How many replicas there are, this one included, when the store last said so.</summary>
    public int Replicas => _replicas;

    /// <summary>
    /// How many share a limit: the most there were in the last window, since what a replica that is gone has granted counts
    /// for as long, and one that was only slow to say that it lives goes on granting.
    /// </summary>
    public int Sharers => _sharers;

    public LimitStore Store => store;

    public LimitMetrics Metrics => metrics;

    public SharedTimes Times => times;

    public TimeProvider Time => time;

    /// <summary>Those in use.</summary>
    public IEnumerable<SharedBook> All => _books.Values;

    /// <summary>The book of a caller; null: there is no store, or none that can be relied on.</summary>
    public SharedBook? Find(CallerLimits limits) => store is { IsConfigured: true, IsAtomic: true }
        ? _books.GetOrAdd((limits.Tenant, limits.Key), static (name, books) => new SharedBook(books, name.Tenant, name.Key), this)
        : null;

    /// <summary>The store has said how many replicas there are; 0: it could not be asked.</summary>
    public void Counted(int replicas)
    {
        lock (_gate)
        {
            if (replicas > 0)
            {
                _replicas = replicas;
                if (replicas >= _sharers || time.GetElapsedTime(_sharersSeen) > times.Window)
                {
                    (_sharers, _sharersSeen) = (replicas, time.GetTimestamp());
                }
            }
        }
    }

    /// <summary>The first count and the first calls of the store have been made, or cannot be.</summary>
    public void BecomeReady() => _ready.TrySetResult();

    /// <summary>
    /// In its first moments a replica does not know how many share the limits, and the first calls of scripts are slow:
    /// waits until that is over, or not longer than it is worth.
    /// </summary>
    public async ValueTask UntilReadyAsync()
    {
        if (!_ready.Task.IsCompleted)
        {
            await _ready.Task.WaitAsync(times.LongestStart, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>An id of a request or a lease, unique over all replicas.</summary>
    public string NextId() => $"{Replica}.{Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture)}";
}
