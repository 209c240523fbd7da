using BitFaster.Caching.Lfu;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// One model's vectors in this process. W-TinyLFU decides what is kept: a bulk import, whose texts come once, does not
/// push out the queries that come again and again.
/// </summary>
internal sealed class L1Shard(int dimensions)
{
    /// <summary>What an entry takes beside its numbers: array header, dictionary and policy nodes.</summary>
    private const int OverheadBytes = 200;

    // The policy's window, probation and protected segments need at least this many places.
    private const int MinCapacity = 3;

    private volatile ConcurrentLfu<UInt128, float[]>? _entries;

    /// <summary>The bytes that an entry is counted with.</summary>
    public int EntryBytes { get; } = (dimensions * sizeof(float)) + OverheadBytes;

    /// <summary>How many vectors there are.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>The vector of a key. It is shared: nobody writes to it.</summary>
    public bool TryGet(UInt128 key, out float[] vector)
    {
        if (_entries is { } entries && entries.TryGet(key, out var found))
        {
            vector = found;
            return true;
        }

        vector = [];
        return false;
    }

    /// <summary>Offers a vector; the policy decides whether it stays.</summary>
    public void Add(UInt128 key, float[] vector) => _entries?.AddOrUpdate(key, vector);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _entries?.Clear();

    /// <summary>Sets how many bytes the shard may take; as many entries as fit are kept.</summary>
    public void Resize(long bytes)
    {
        var capacity = (int)Math.Min(int.MaxValue / 2, bytes / EntryBytes);
        var before = _entries;
        if (capacity < MinCapacity)
        {
            _entries = null;
            return;
        }

        if (before?.Capacity == capacity)
        {
            return;
        }

        var after = new ConcurrentLfu<UInt128, float[]>(capacity);
        if (before is not null)
        {
            foreach (var (key, vector) in before)
            {
                if (after.Count >= capacity)
                {
                    break;
                }

                after.AddOrUpdate(key, vector);
            }
        }

        _entries = after;
    }
}
