namespace Morgan.Upstreams.Hosts;

/// <summary>
/// Spares a host that has just come back: for a while it is offered a tenth of its requests, then more, evenly up to all.
/// </summary>
internal sealed class SlowStart(Random random)
{
    private const double First = 0.1;

    private long _start;
    private long _end;

    /// <summary>The host is back.</summary>
    public void Begin(long now, TimeSpan duration)
    {
        Volatile.Write(ref _start, now);
        Volatile.Write(ref _end, now + duration.Ticks);
    }

    /// <summary>The part of its requests that it is offered now.</summary>
    public double Share(long now)
    {
        var (start, end) = (Volatile.Read(ref _start), Volatile.Read(ref _end));
        return now >= end ? 1 : First + ((1 - First) * Math.Max(0, now - start) / (end - start));
    }

    /// <summary>Whether this one request should rather go elsewhere.</summary>
    public bool HoldsBack(long now) => now < Volatile.Read(ref _end) && random.NextDouble() >= Share(now);
}
