namespace Morgan.Upstreams.Balancing;

/// <summary>A host's recent failures as load: each counts one, and half as much every ten seconds.</summary>
internal sealed class FailureLoad
{
    private static readonly double HalfLife = TimeSpan.FromSeconds(10).Ticks;

    private volatile Level? _level;

    public double At(long now)
    {
        var level = _level;
        return level is null ? 0 : level.Value * double.Exp2((level.At - now) / HalfLife);
    }

    public void Add(long now)
    {
        // Two failures at the same moment may count as one; nothing rests on the exact number.
        _level = new Level(At(now) + 1, now);
    }

    public void Clear() => _level = null;

    private sealed record Level(double Value, long At);
}
