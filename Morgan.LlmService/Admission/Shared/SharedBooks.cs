using System.Collections.Concurrent;
using System.Globalization;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>This replica's end of the books that all replicas share, and what it knows of the others.</summary>
internal sealed class SharedBooks(LimitStore store, LimitMetrics metrics, SharedTimes times, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Tenant, string? Key), SharedBook> _books = new();
    private volatile int _replicas = 1;
    private long _last;

    /// <summary>A name for this replica that no other has, nor it after a restart.</summary>
    public string Replica { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>How many replicas there are, this one included, when the store last said so.</summary>
    public int Replicas
    {
        get => _replicas;
        set => _replicas = Math.Max(1, value);
    }

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

    /// <summary>An id of a request or a lease, unique over all replicas.</summary>
    public string NextId() => $"{Replica}.{Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture)}";
}
