using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Queueing;

namespace Morgan.Upstreams.Bulkheads;

/// <summary>Waits in the queues of several full hosts at once, and takes the first place that becomes free in any.</summary>
/// <param name="clock">The clock.</param>
/// <param name="flow">Whose request it is; empty: nobody's.</param>
/// <param name="most">How long a place is of use to it, from now.</param>
internal sealed class PlaceWaiter(MonotonicClock clock, string flow, TimeSpan most)
{
    private static readonly object Gone = new();

    private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Bulkhead Bulkhead, QueuePlace<PlaceWaiter> Place)> _queues = [];
    private readonly long _deadline = clock.Now + most.Ticks;

    // Null while waiting; then the bulkhead that gave a place, or Gone. Written once.
    private object? _end;

    /// <summary>Joins one more queue; false when it has no room.</summary>
    /// <param name="bulkhead">Whose.</param>
    /// <param name="limit">How many may wait there.</param>
    public bool TryJoin(Bulkhead bulkhead, int limit)
    {
        var place = new QueuePlace<PlaceWaiter>(this, flow, _deadline);
        if (!bulkhead.TryQueue(place, limit))
        {
            return false;
        }

        _queues.Add((bulkhead, place));
        return true;
    }

    /// <summary>The bulkhead in which the caller now has a place; null when the time is over or something else changed.</summary>
    /// <param name="longest">How long to wait.</param>
    /// <param name="change">Ends the wait early.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<Bulkhead?> WaitAsync(TimeSpan longest, Task change, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(_given.Task, change).WaitAsync(longest, clock.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
        }
        catch
        {
            Stop()?.Exit();
            throw;
        }

        return Stop();
    }

    /// <summary>Whether this waiter takes the place that is offered.</summary>
    internal bool TryGive(Bulkhead bulkhead)
    {
        var given = clock.Now <= _deadline && Interlocked.CompareExchange(ref _end, bulkhead, null) is null;
        if (given)
        {
            _given.SetResult();
        }

        return given;
    }

    private Bulkhead? Stop()
    {
        var end = Interlocked.CompareExchange(ref _end, Gone, null);
        foreach (var (bulkhead, place) in _queues)
        {
            bulkhead.Leave(place);
        }

        return end as Bulkhead;
    }
}
