namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// Keeps requests from waiting for a store that is slow, which is worse than none. Opens after three calls in a row that
/// failed or took too long, and lets one through after a second, then two, four, up to thirty.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class RedisBreaker(TimeProvider time)
{
    private const int FailuresToOpen = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private int _failures;
    private TimeSpan _pause = FirstPause;
    private long _openedAt;
    private volatile bool _open;

    /// <summary>Whether calls are held back.</summary>
    public bool IsOpen => _open;

    /// <summary>Whether a call may go out now.</summary>
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

    /// <summary>A call was answered in time.</summary>
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

    /// <summary>A call failed or ran out of its budget.</summary>
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
