namespace Morgan.EmbeddingService.Caching;

/// <summary>The vectors in this process: a shard per loaded model, all of them together within one limit of bytes.</summary>
internal sealed class L1Cache(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly List<L1Shard> _shards = [];
    private long _maxBytes = maxBytes;

    /// <summary>The limit in bytes; setting it resizes the shards.</summary>
    public long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set
        {
            lock (_gate)
            {
                _maxBytes = value;
                Share();
            }
        }
    }

    /// <summary>How many vectors there are, and how many bytes they are counted with.</summary>
    public (long Entries, long Bytes) Size
    {
        get
        {
            lock (_gate)
            {
                var (entries, bytes) = (0L, 0L);
                foreach (var shard in _shards)
                {
                    var count = shard.Count;
                    (entries, bytes) = (entries + count, bytes + ((long)count * shard.EntryBytes));
                }

                return (entries, bytes);
            }
        }
    }

    /// <summary>Makes the shard of a model; the others give up their share of the bytes.</summary>
    public L1Shard Add(int dimensions)
    {
        lock (_gate)
        {
            var shard = new L1Shard(dimensions);
            _shards.Add(shard);
            Share();
            return shard;
        }
    }

    /// <summary>Forgets the shard of a model that was unloaded.</summary>
    public void Remove(L1Shard shard)
    {
        lock (_gate)
        {
            if (_shards.Remove(shard))
            {
                shard.Resize(0);
                Share();
            }
        }
    }

    /// <summary>Forgets every vector.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var shard in _shards)
            {
                shard.Clear();
            }
        }
    }

    private void Share()
    {
        foreach (var shard in _shards)
        {
            shard.Resize(_maxBytes / _shards.Count);
        }
    }
}
