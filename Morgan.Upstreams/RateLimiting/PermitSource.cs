using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// Where a host's permits come from. Replicas that can reach each other have the limit together: each permit is asked for,
/// and the schedule only remembers what this replica has used, for the moment when the others are out of reach and it goes
/// by its share. What it has used so is its debt when they are back. Not thread-safe: <see cref="HostLimiter"/> holds its
/// lock.
/// </summary>
internal sealed class PermitSource
{
    private readonly MonotonicClock _clock;
    private readonly IFleet? _fleet;
    private PermitSchedule _schedule;
    private long _next;
    private long _nextShared;
    private long _latest;

    public PermitSource(RateLimitOptions limit, MonotonicClock clock, IFleet? fleet)
    {
        (Limit, _clock, _fleet) = (limit, clock, fleet);
        _schedule = CreateSchedule(Part(), clock.Now);
    }

    /// <summary>The limit of all replicas together.</summary>
    public RateLimitOptions Limit { get; private set; }

    /// <summary>Whether the others can be reached now; may be asked without the lock.</summary>
    public bool IsShared => _fleet is { IsUp: true };

    /// <summary>Whether they could as of the last <see cref="Now"/>: what all else here goes by.</summary>
    public bool WasShared { get; private set; }

    /// <summary>Permits that this replica has used by its share, and that the others do not know of yet.</summary>
    public int Debt { get; private set; }

    /// <summary>Whether there is one at a time; a guess, without the lock.</summary>
    public bool MayHaveOne(long now) => now >= (IsShared ? Volatile.Read(ref _nextShared) : Volatile.Read(ref _next));

    /// <summary>The time, and whose the limit is at it. Callers may read the clock before they get the lock; here it never runs backwards.</summary>
    public long Now()
    {
        _latest = Math.Max(_latest, _clock.Now);
        if (_fleet is not null && IsShared is var isShared && isShared != WasShared)
        {
            var used = _schedule.Capacity - _schedule.Available(_latest);
            (WasShared, Debt, _nextShared) = (isShared, isShared ? used : 0, 0);
            _schedule = CreateSchedule(Part(), _latest);
            _schedule.Leave(Math.Max(0, _schedule.Capacity - used), _latest);
        }

        return _latest;
    }

    /// <summary>A changed limit starts with the permits that are left of the one before.</summary>
    public void Configure(RateLimitOptions limit, long now)
    {
        var left = _schedule.Available(now);
        Limit = limit;
        _schedule = CreateSchedule(Part(), now);
        _schedule.Leave(left, now);
        _nextShared = 0;
        Changed(now);
    }

    /// <summary>Takes a permit of this replica's; false where each must be asked for.</summary>
    public bool TryTake(long now)
    {
        if (WasShared || !_schedule.TryTake(now))
        {
            return false;
        }

        Changed(now);
        return true;
    }

    /// <summary>Gives one back that was not used. One that was asked for has been counted for all.</summary>
    public void Return(long now)
    {
        if (!WasShared)
        {
            _schedule.Return(now);
            Changed(now);
        }
    }

    /// <summary>The others have answered. Returns how many permits are for those who wait; the rest pays the debt.</summary>
    public int Heed(FleetPermits permits, int wanted, long now)
    {
        var paid = Math.Min(Debt, permits.Granted);
        Debt = permits.Granted < wanted ? 0 : Debt - paid; // nothing is left: then all of it is counted
        Volatile.Write(ref _nextShared, now + permits.Next.Ticks);
        return permits.Granted - paid;
    }

    /// <summary>One that was asked for is used.</summary>
    public void Used(long now)
    {
        _schedule.TryTake(now);
        Changed(now);
    }

    /// <summary>When the <paramref name="count"/>-th permit from now on can be had.</summary>
    public long WhenAvailable(int count, long now) => WasShared
        ? Math.Max(now, _nextShared) + (long)((count - 1) * TimeSpan.TicksPerSecond / Limit.RequestsPerSecond)
        : _schedule.WhenAvailable(count, now);

    /// <summary>For the admin API.</summary>
    public LimiterView Describe(int waiting)
    {
        var (available, capacity) = (_schedule.Available(Now()), _schedule.Capacity);
        return new LimiterView(available, waiting, Math.Round(1 - ((double)available / capacity), 4));
    }

    private void Changed(long now) => Volatile.Write(ref _next, _schedule.WhenAvailable(1, now));

    // Of the limit: all of it, or this replica's share while it can't ask the others.
    private RateLimitOptions Part() => _fleet is { Replicas: > 1 and var replicas } && !WasShared ? FleetShare.Of(Limit, replicas) : Limit;

    private static PermitSchedule CreateSchedule(RateLimitOptions limit, long now) =>
        limit.Algorithm == RateLimitAlgorithms.SlidingWindow
            ? new SlidingWindow((int)((limit.RequestsPerSecond * limit.Window.TotalSeconds) + 1e-9), limit.Window.Ticks)
            : new TokenBucket(limit.RequestsPerSecond, limit.Burst, now);
}
