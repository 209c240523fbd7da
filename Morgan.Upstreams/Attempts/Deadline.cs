namespace Morgan.Upstreams.Attempts;

/// <summary>The moment by which a whole request must be over, on a clock that never jumps.</summary>
public readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _end;

    private Deadline(TimeProvider time, long end)
    {
        _time = time;
        _end = end;
    }

    /// <summary>Whether nothing remains.</summary>
    public bool IsOver => Remaining <= TimeSpan.Zero;

    /// <summary>What remains; negative when it is over.</summary>
    public TimeSpan Remaining => _time.GetElapsedTime(_time.GetTimestamp(), _end);

    /// <summary>The deadline <paramref name="timeout"/> from now.</summary>
    public static Deadline After(TimeProvider time, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new Deadline(time, time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency));
    }
}
