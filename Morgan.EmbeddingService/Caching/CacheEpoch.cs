namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// The generation of the cache, part of every key: clearing the cache starts a new one and leaves the store alone,
/// whose old entries run out by themselves. It is a time in milliseconds, 0 at first, and only ever grows.
/// </summary>
internal sealed class CacheEpoch(TimeProvider time)
{
    private long _value;
    private volatile bool _isKnown;

    /// <summary>The generation in force.</summary>
    public long Value => Volatile.Read(ref _value);

    /// <summary>Whether the store was asked: until then a replica that has just started may be a generation behind.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>Says that the store was asked.</summary>
    public void Know() => _isKnown = true;

    /// <summary>Starts a new generation here.</summary>
    public long Bump()
    {
        while (true)
        {
            var before = Value;
            var after = Math.Max(before + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            if (Interlocked.CompareExchange(ref _value, after, before) == before)
            {
                return after;
            }
        }
    }

    /// <summary>Takes over a generation that another process started.</summary>
    /// <returns>Whether it is newer than the one here.</returns>
    public bool Raise(long seen)
    {
        while (true)
        {
            var before = Value;
            if (seen <= before)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _value, seen, before) == before)
            {
                return true;
            }
        }
    }
}
