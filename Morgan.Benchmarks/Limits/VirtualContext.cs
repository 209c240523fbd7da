namespace Morgan.Benchmarks.Limits;

/// <summary>What follows awaits, one after the other, on one thread.</summary>
internal sealed class VirtualContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

    /// <summary>Runs the next; false: there is none.</summary>
    public bool RunNext()
    {
        if (!_queue.TryDequeue(out var next))
        {
            return false;
        }

        next.Callback(next.State);
        return true;
    }
}
