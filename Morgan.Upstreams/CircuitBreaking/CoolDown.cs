namespace Morgan.Upstreams.CircuitBreaking;

/// <summary>
/// The time a host asked to be left alone (429, or a failure with Retry-After). Apart from the circuit breaker: a host at
/// its limit is not broken. Of two requests for a pause the later end counts.
/// </summary>
internal sealed class CoolDown
{
    private long _until;

    /// <summary>Ticks until it is over; 0 when it is.</summary>
    public long Remaining(long now) => Math.Max(0, Volatile.Read(ref _until) - now);

    public void Extend(long until)
    {
        var current = Volatile.Read(ref _until);
        while (until > current)
        {
            var seen = Interlocked.CompareExchange(ref _until, until, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }

    public void Reset() => Volatile.Write(ref _until, 0);
}
