namespace Morgan.Upstreams.Hosts;

/// <summary>
/// Wakes everybody who waits for a change that comes seldom: a circuit, a cool-down, a switch, a new version of the hosts.
/// Take <see cref="Next"/> before looking at the state, so that no change is missed in between.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource? _next;

    /// <summary>Completes with the next beat.</summary>
    public Task Next
    {
        get
        {
            var next = Volatile.Read(ref _next);
            while (next is null)
            {
                var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                next = Interlocked.CompareExchange(ref _next, made, null) ?? made;
            }

            return next.Task;
        }
    }

    public void Beat() => Interlocked.Exchange(ref _next, null)?.SetResult();
}
