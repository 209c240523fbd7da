namespace Morgan.Upstreams.RateLimiting;

/// <summary>Who waits for a permit, in order of arrival. Not thread-safe.</summary>
internal sealed class PermitQueue
{
    private readonly LinkedList<PermitWaiter> _waiters = new();
    private int _impatient;
    private volatile int _patient;

    /// <summary>All in it.</summary>
    public int Count => _waiters.Count;

    /// <summary>
    /// Those who wait for as long as it takes, and have to be served before anybody who comes now; may be asked without the
    /// lock.
    /// </summary>
    public int Patient => _patient;

    public void Join(PermitWaiter waiter)
    {
        _waiters.AddLast(waiter.Node);
        _impatient += waiter.IsImpatient ? 1 : 0;
        _patient = _waiters.Count - _impatient;
    }

    /// <summary>False: it was served, or refused, before.</summary>
    public bool Leave(PermitWaiter waiter)
    {
        if (waiter.Node.List is null)
        {
            return false;
        }

        _impatient -= waiter.IsImpatient ? 1 : 0;
        _waiters.Remove(waiter.Node);
        _patient = _waiters.Count - _impatient;
        return true;
    }

    /// <summary>Serves the first; false: nobody is there.</summary>
    public bool Serve()
    {
        if (_waiters.First is not { } first)
        {
            return false;
        }

        Leave(first.Value);
        first.Value.Served.SetResult(true);
        return true;
    }

    /// <summary>There is no permit to be had now: those who would not wait go elsewhere.</summary>
    public void RefuseImpatient()
    {
        for (var node = _waiters.First; node is not null && _impatient > 0;)
        {
            var next = node.Next;
            if (node.Value.IsImpatient)
            {
                Leave(node.Value);
                node.Value.Served.SetResult(false);
            }

            node = next;
        }
    }
}
