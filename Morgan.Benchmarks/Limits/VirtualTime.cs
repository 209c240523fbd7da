namespace Morgan.Benchmarks.Limits;

/// <summary>
/// A clock that stands still while anything runs, and then goes on to the next timer: hours pass in seconds, and the same
/// run is the same again. All of it runs on the thread that <see cref="Run"/> is called on; what is awaited must complete
/// there too.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero); // no day ends in a run

    private readonly PriorityQueue<VirtualTimer, (long Due, long Number)> _timers = new();
    private readonly VirtualContext _context = new();
    private long _now;
    private long _last;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Noon.AddTicks(_now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs something to its end.</summary>
    public void Run(Func<Task> main)
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            var task = main();
            while (!task.IsCompleted)
            {
                if (!_context.RunNext())
                {
                    GoOn();
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    /// <summary>Puts a timer where it is due.</summary>
    internal void Add(VirtualTimer timer) => _timers.Enqueue(timer, (timer.Due, ++_last));

    private void GoOn()
    {
        if (!_timers.TryDequeue(out var timer, out var at))
        {
            throw new InvalidOperationException("everything waits for something that is not on this clock");
        }

        if (timer.Due == at.Due)
        {
            _now = Math.Max(_now, at.Due);
            timer.Fire();
        }
    }
}
