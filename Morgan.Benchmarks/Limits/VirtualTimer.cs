namespace Morgan.Benchmarks.Limits;

/// <summary>A timer of a <see cref="VirtualTime"/>.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;

    /// <summary>When it fires next, in ticks; what stands in the clock's queue for another moment is out of date.</summary>
    public long Due { get; private set; } = long.MaxValue;

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        (Due, _period) = (dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.GetTimestamp() + dueTime.Ticks, period);
        if (Due != long.MaxValue)
        {
            time.Add(this);
        }

        return true;
    }

    /// <summary>Its moment has come.</summary>
    public void Fire()
    {
        Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
        callback(state);
    }

    /// <inheritdoc/>
    public void Dispose() => Due = long.MaxValue;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
