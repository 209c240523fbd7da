namespace Morgan.Upstreams.RateLimiting;

/// <summary>A bucket of permits that fills at a steady rate: bursts up to its size, the rate in the long run.</summary>
internal sealed class TokenBucket(double perSecond, int capacity, long now) : PermitSchedule
{
    // A permit is whole although the sum of its parts is not: one part in 10⁹ is forgiven.
    private const double Whole = 1 - 1e-9;

    private readonly double _perTick = perSecond / TimeSpan.TicksPerSecond;
    private double _level = capacity;
    private long _filledAt = now;

    public override int Capacity => capacity;

    public override int Available(long now) => (int)(Fill(now) + (1 - Whole));

    public override bool TryTake(long now)
    {
        if (Fill(now) < Whole)
        {
            return false;
        }

        _level = Math.Max(0, _level - 1);
        return true;
    }

    public override void Return(long now) => _level = Math.Min(Fill(now) + 1, capacity);

    public override long WhenAvailable(int count, long now)
    {
        var missing = count - Fill(now);
        return missing <= 1 - Whole ? now : now + (long)Math.Ceiling(missing / _perTick);
    }

    private double Fill(long now)
    {
        if (now > _filledAt)
        {
            _level = Math.Min(capacity, _level + ((now - _filledAt) * _perTick));
            _filledAt = now;
        }

        return _level;
    }
}
