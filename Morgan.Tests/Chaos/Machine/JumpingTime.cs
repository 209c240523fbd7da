namespace Morgan.Tests.Chaos.Machine;

/// <summary>The system's time with a wall clock that somebody sets.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _offset;

    /// <summary>Sets the wall clock forward, or back.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offset));
}
