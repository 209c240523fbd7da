namespace Morgan.Upstreams.RateLimiting;

/// <summary>When permits are to be had. Not thread-safe: <see cref="HostLimiter"/> holds its lock. Times are the clock's ticks.</summary>
internal abstract class PermitSchedule
{
    /// <summary>Permits when none is in use.</summary>
    public abstract int Capacity { get; }

    /// <summary>Permits to be had now.</summary>
    public abstract int Available(long now);

    /// <summary>Takes one.</summary>
    public abstract bool TryTake(long now);

    /// <summary>Gives the last one back unused.</summary>
    public abstract void Return(long now);

    /// <summary>When the <paramref name="count"/>-th permit from now on can be taken, if all before it are taken as soon as they can.</summary>
    public abstract long WhenAvailable(int count, long now);

    /// <summary>Takes all but <paramref name="available"/>: what a changed limit starts with.</summary>
    public void Leave(int available, long now)
    {
        while (Available(now) > available && TryTake(now))
        {
        }
    }
}
