namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// Keeps requests from waiting for a store that is slow: a text costs 0.5 to 4 ms to compute, so a slow store is worse
/// than none. Opens after a few reads in a row that failed or took too long, and lets one through after a while.
/// </summary>
internal sealed class ReadBreaker(TimeProvider time)
{
    private const int FailuresToOpen = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private int _failures;
    private TimeSpan _pause = FirstPause;
    private long _openedAt;
    private volatile bool _open;

    /// <summary>Whether reads are held back.</summary>
    public bool IsOpen => _open;

    /// <summary>Whether a read may go out now.</summary>
    public bool TryEnter()
    {
        if (!_open)
        {
            return true;
        }

        lock (_gate)
        {
            if (!_open || time.GetElapsedTime(_openedAt) < _pause)
            {
                return !_open;
            }

            // This one probes; the next waits for another pause unless the probe succeeds.
            _openedAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>A read was answered in time.</summary>
    /// <returns>Whether that closed the breaker.</returns>
    public bool Succeed()
    {
        if (_failures == 0 && !_open)
        {
            return false;
        }

        lock (_gate)
        {
            var wasOpen = _open;
            (_failures, _pause, _open) = (0, FirstPause, false);
            return wasOpen;
        }
    }

    /// <summary>A read failed or ran out of its budget.</summary>
    /// <returns>Whether that opened the breaker.</returns>
    public bool Fail()
    {
        lock (_gate)
        {
            if (_open)
            {
                _pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, _pause.Ticks * 2));
                _openedAt = time.GetTimestamp();
                return false;
            }

            if (++_failures < FailuresToOpen)
            {
                return false;
            }

            _openedAt = time.GetTimestamp();
            _open = true;
            return true;
        }
    }
}
