namespace Morgan.Upstreams.Hosts;

/// <summary>Ticks of 100 ns since the engine started, on a clock that never jumps.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    public TimeProvider Time => time;

    public long Now => time.GetElapsedTime(_origin).Ticks;
}
