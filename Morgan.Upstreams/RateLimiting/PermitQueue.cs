using Morgan.Upstreams.Queueing;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// Who waits for a permit: flows in turns, within a flow by deadline. And those who would not wait, while the other
/// replicas are asked for them; they come first, since they are only let in while nobody waits. Not thread-safe.
/// </summary>
internal sealed class PermitQueue
{
    /// <summary>How late a permit still is of use: timers and other replicas are not on time to the millisecond.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly FairQueue<PermitWaiter> _waiting = new();
    private readonly FairQueue<PermitWaiter> _asking = new();
    private volatile int _patient;

    /// <summary>All in it.</summary>
    public int Count => _waiting.Count + _asking.Count;

    /// <summary>Those who wait, and have to be served before anybody who comes now; may be asked without the lock.</summary>
    public int Patient => _patient;

    public void Join(PermitWaiter waiter)
    {
        QueueOf(waiter).Join(waiter.Place);
        _patient = _waiting.Count;
    }

    /// <summary>False: it was served, or refused, before.</summary>
    public bool Leave(PermitWaiter waiter)
    {
        var isIn = QueueOf(waiter).Leave(waiter.Place);
        _patient = _waiting.Count;
        return isIn;
    }

    /// <summary>Serves the first who can still use it, and refuses those before who can't; false: nobody is there.</summary>
    public bool Serve(long now)
    {
        var isServed = _asking.Serve(now, Grant) || _waiting.Serve(now - Grace.Ticks, Grant);
        _patient = _waiting.Count;
        return isServed;
    }

    /// <summary>There is no permit to be had now: those who would not wait go elsewhere.</summary>
    public void RefuseImpatient() => _asking.Serve(0L, Refuse);

    /// <summary>
    /// Whether a request may wait: there is room for it, its turn comes in time, and nobody of its flow whom it goes before,
    /// by its earlier deadline, is late by it.
    /// </summary>
    public bool MayWait(string flow, long deadline, PermitSource source, long now)
    {
        if (!_waiting.HasRoom(flow, source.Limit.QueueLimit - _asking.Count) || WhenServed(flow, deadline, source, now) > deadline)
        {
            return false;
        }

        foreach (var (place, before) in _waiting.Overtaken(flow, deadline))
        {
            if (When(_waiting.AheadOf(flow, before), source, now) > place.Deadline
                && When(_waiting.AheadOf(flow, before - 1), source, now) <= place.Deadline)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>When a request that comes now is served, if nobody comes after it.</summary>
    public long WhenServed(string flow, long deadline, PermitSource source, long now) =>
        When(_waiting.AheadOfNew(flow, deadline), source, now);

    private long When(int ahead, PermitSource source, long now) => source.WhenAvailable(_asking.Count + ahead + 1, now);

    private FairQueue<PermitWaiter> QueueOf(PermitWaiter waiter) => waiter.IsImpatient ? _asking : _waiting;

    private static bool Grant(PermitWaiter waiter, long now)
    {
        var isOfUse = waiter.IsImpatient || waiter.Place.Deadline >= now;
        waiter.Served.SetResult(isOfUse);
        return isOfUse;
    }

    private static bool Refuse(PermitWaiter waiter, long now)
    {
        waiter.Served.SetResult(false);
        return false;
    }
}
