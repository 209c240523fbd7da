namespace Morgan.LlmService.Admission;

/// <summary>
/// Counts over the last 60 s. What was counted in a tenth of a second leaves together when the last moment of it is 60 s
/// old, so that no window of 60 s ever holds more than the limit. Not thread-safe.
/// </summary>
internal sealed class SlidingWindow
{
    private const int SliceMs = 100;
    private const int Slices = 601;

    private readonly long[] _counts = new long[Slices];
    private long _newest;

    /// <summary>What counts now. Look at it after <see cref="MoveTo"/>.</summary>
    public long Sum { get; private set; }

    /// <summary>Forgets what is older than 60 s.</summary>
    /// <param name="nowMs">Milliseconds on a clock that never jumps.</param>
    public void MoveTo(long nowMs)
    {
        var now = nowMs / SliceMs;
        var steps = Math.Min(now - _newest, Slices);
        for (var i = 1; i <= steps; i++)
        {
            ref var slot = ref _counts[(_newest + i) % Slices];
            Sum -= slot;
            slot = 0;
        }

        _newest = Math.Max(_newest, now);
    }

    /// <summary>Counts <paramref name="amount"/> now. Returns the slice, to correct it later.</summary>
    public long Add(long amount)
    {
        _counts[_newest % Slices] += amount;
        Sum += amount;
        return _newest;
    }

    /// <summary>Corrects what was counted in <paramref name="slice"/>, if that is not forgotten.</summary>
    public void Correct(long slice, long difference)
    {
        if (slice > _newest - Slices)
        {
            _counts[slice % Slices] += difference;
            Sum += difference;
        }
    }

    /// <summary>When there is room for <paramref name="amount"/> under <paramref name="limit"/>; zero: now.</summary>
    /// <remarks>More than the limit takes as many whole windows as it fills: that is when its last part has room.</remarks>
    public TimeSpan UntilRoom(long amount, long limit, long nowMs)
    {
        var windows = Math.Max(0, (amount - 1) / limit);
        amount -= windows * limit;
        var before = TimeSpan.FromMilliseconds(windows * Slices * SliceMs);
        var sum = Sum;
        for (var slice = _newest - Slices + 1; slice <= _newest; slice++)
        {
            if (sum + amount <= limit)
            {
                break;
            }

            sum -= slice < 0 ? 0 : _counts[slice % Slices];
            if (sum + amount <= limit)
            {
                return before + TimeSpan.FromMilliseconds(Math.Max(1, ((slice + Slices) * SliceMs) - nowMs));
            }
        }

        return before;
    }
}
