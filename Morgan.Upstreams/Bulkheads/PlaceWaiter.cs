namespace Morgan.Upstreams.Bulkheads;

/// <summary>Waits in the queues of several full hosts at once, and takes the first place that becomes free in any.</summary>
internal sealed class PlaceWaiter
{
    private static readonly object Gone = new();

    private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Bulkhead Bulkhead, LinkedListNode<PlaceWaiter> Node)> _queues = [];

    // Null while waiting; then the bulkhead that gave a place, or Gone. Written once.
    private object? _end;

    /// <summary>Joins one more queue; false when it is full.</summary>
    /// <param name="bulkhead">Whose.</param>
    /// <param name="most">How many may wait there.</param>
    public bool TryJoin(Bulkhead bulkhead, int most)
    {
        var node = new LinkedListNode<PlaceWaiter>(this);
        if (!bulkhead.TryQueue(node, most))
        {
            return false;
        }

        _queues.Add((bulkhead, node));
        return true;
    }

    /// <summary>The bulkhead in which the caller now has a place; null when the time is over or something else changed.</summary>
    /// <param name="most">How long to wait.</param>
    /// <param name="change">Ends the wait early.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<Bulkhead?> WaitAsync(
        TimeSpan most, Task change, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(_given.Task, change).WaitAsync(most, time, cancellationToken);
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
        var given = Interlocked.CompareExchange(ref _end, bulkhead, null) is null;
        if (given)
        {
            _given.SetResult();
        }

        return given;
    }

    private Bulkhead? Stop()
    {
        var end = Interlocked.CompareExchange(ref _end, Gone, null);
        foreach (var (bulkhead, node) in _queues)
        {
            bulkhead.Leave(node);
        }

        return end as Bulkhead;
    }
}
