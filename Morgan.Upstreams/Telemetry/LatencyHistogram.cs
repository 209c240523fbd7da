using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Telemetry;

/// <summary>
/// The distribution of a time over the last five to ten minutes, to 10 %: buckets that grow by a tenth, from 0.1 ms to an
/// hour, in two halves of which the older is dropped when the younger is five minutes old. Recording neither locks nor
/// allocates.
/// </summary>
internal sealed class LatencyHistogram(MonotonicClock clock)
{
    private const double Smallest = 0.0001;
    private const double Growth = 1.1;
    private const int Buckets = 184;
    private static readonly double InverseLogGrowth = 1 / Math.Log(Growth);
    private static readonly long HalfLife = TimeSpan.FromMinutes(5).Ticks;

    private readonly Lock _gate = new();
    private int[] _young = new int[Buckets];
    private int[] _old = new int[Buckets];
    private long _turn = clock.Now + HalfLife;

    public void Record(TimeSpan time)
    {
        Turn();
        var seconds = Math.Max(time.TotalSeconds, Smallest);
        var bucket = (int)Math.Ceiling(Math.Log(seconds / Smallest) * InverseLogGrowth);
        Interlocked.Increment(ref _young[Math.Clamp(bucket, 0, Buckets - 1)]);
    }

    /// <summary>The time that <paramref name="quantile"/> of the times were at most; null when there are fewer than <paramref name="least"/>.</summary>
    public TimeSpan? Quantile(double quantile, int least = 1)
    {
        Turn();
        var (young, old) = (_young, _old);
        long count = 0;
        for (var i = 0; i < Buckets; i++)
        {
            count += young[i] + old[i];
        }

        if (count < least)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(count * quantile);
        var bucket = 0;
        for (long seen = young[0] + old[0]; seen < rank && bucket < Buckets - 1;)
        {
            bucket++;
            seen += young[bucket] + old[bucket];
        }

        return TimeSpan.FromSeconds(Smallest * Math.Pow(Growth, bucket));
    }

    private void Turn()
    {
        var now = clock.Now;
        if (now < Volatile.Read(ref _turn))
        {
            return;
        }

        lock (_gate)
        {
            for (; now >= _turn; Volatile.Write(ref _turn, _turn + HalfLife))
            {
                (_old, _young) = (_young, _old);
                Array.Clear(_young);
            }
        }
    }
}
