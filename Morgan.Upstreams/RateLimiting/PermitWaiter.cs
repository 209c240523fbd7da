using Morgan.Upstreams.Queueing;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>One who waits for a permit.</summary>
internal sealed class PermitWaiter
{
    /// <summary>One who waits until <paramref name="deadline"/>.</summary>
    public PermitWaiter(string flow, long deadline) => Place = new QueuePlace<PermitWaiter>(this, flow, deadline);

    /// <summary>One who does not wait: it has a permit now or goes elsewhere.</summary>
    public PermitWaiter(string flow) : this(flow, 0) => IsImpatient = true;

    /// <summary>Its place in the queue.</summary>
    public QueuePlace<PermitWaiter> Place { get; }

    /// <summary>Whether it does not wait.</summary>
    public bool IsImpatient { get; }

    /// <summary>Ends with whether it has got one.</summary>
    public TaskCompletionSource<bool> Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it has got one.</summary>
    public bool IsServed => Served.Task is { IsCompleted: true, Result: true };
}
