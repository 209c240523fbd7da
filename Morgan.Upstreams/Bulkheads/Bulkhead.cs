using Morgan.Upstreams.Queueing;

namespace Morgan.Upstreams.Bulkheads;

/// <summary>
/// The places of a host: how many requests it works on at once. A place that becomes free goes to whoever is first in the
/// queue, in which flows take turns; nobody who comes later gets in between.
/// </summary>
internal sealed class Bulkhead
{
    private readonly Lock _gate = new();
    private readonly FairQueue<PlaceWaiter> _queue = new();
    private volatile int _limit;
    private int _taken;

    /// <summary>Places taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Whether nobody can get in.</summary>
    public bool IsFull => _limit is var limit && limit > 0 && Taken >= limit;

    /// <summary>Sets the number of places; 0: unlimited. Those already taken beyond it are not taken away.</summary>
    public void Configure(int limit)
    {
        lock (_gate)
        {
            _limit = limit;
            while (!IsFull && TryHandOver())
            {
                Interlocked.Increment(ref _taken);
            }
        }
    }

    /// <summary>Takes a place if there is one.</summary>
    public bool TryEnter()
    {
        var limit = _limit;
        if (Interlocked.Increment(ref _taken) <= limit || limit == 0)
        {
            return true;
        }

        Exit();
        return false;
    }

    /// <summary>Frees a place, or hands it to the first in the queue.</summary>
    public void Exit()
    {
        if (_limit == 0)
        {
            Interlocked.Decrement(ref _taken);
            return;
        }

        lock (_gate)
        {
            if (Taken > _limit || !TryHandOver())
            {
                Interlocked.Decrement(ref _taken);
            }
        }
    }

    /// <summary>Joins the queue; false when it has no room where <paramref name="most"/> may wait. There may be a place at once.</summary>
    public bool TryQueue(QueuePlace<PlaceWaiter> place, int most)
    {
        lock (_gate)
        {
            if (!_queue.HasRoom(place.Flow, most))
            {
                return false;
            }

            _queue.Join(place);
            if (!IsFull && TryHandOver())
            {
                Interlocked.Increment(ref _taken);
            }

            return true;
        }
    }

    /// <summary>Leaves the queue.</summary>
    public void Leave(QueuePlace<PlaceWaiter> place)
    {
        lock (_gate)
        {
            _queue.Leave(place);
        }
    }

    // The place stays taken; the first who still wants it has it now.
    private bool TryHandOver() => _queue.Serve(this, static (waiter, bulkhead) => waiter.TryGive(bulkhead));
}
