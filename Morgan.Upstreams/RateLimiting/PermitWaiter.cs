namespace Morgan.Upstreams.RateLimiting;

/// <summary>One who waits for a permit.</summary>
internal sealed class PermitWaiter
{
    public PermitWaiter() => Node = new LinkedListNode<PermitWaiter>(this);

    /// <summary>Its place in the queue.</summary>
    public LinkedListNode<PermitWaiter> Node { get; }

    /// <summary>It does not wait: it has a permit now or goes elsewhere.</summary>
    public bool IsImpatient { get; init; }

    /// <summary>Whether it has got one.</summary>
    public TaskCompletionSource<bool> Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
