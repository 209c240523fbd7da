using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Keeps repeated sendings a bounded part of the traffic, so that hosts in trouble are not buried under retries: of the
/// last ten seconds' requests, a percentage or a small number, whichever is more.
/// </summary>
internal sealed class RetryBudget(MonotonicClock clock, int always)
{
    private const int Seconds = 10;

    private readonly Lock _gate = new();
    private readonly int[] _requests = new int[Seconds];
    private readonly int[] _retries = new int[Seconds];
    private long _second;
    private int _sumRequests;
    private int _sumRetries;

    /// <summary>A request came.</summary>
    public void Count()
    {
        lock (_gate)
        {
            _requests[Turn()]++;
            _sumRequests++;
        }
    }

    /// <summary>Takes one retry from the budget.</summary>
    public bool TryTake(double percent)
    {
        lock (_gate)
        {
            var slot = Turn();
            if (_sumRetries >= Math.Max(always, _sumRequests * percent / 100))
            {
                return false;
            }

            _retries[slot]++;
            _sumRetries++;
            return true;
        }
    }

    // The slot of this second; slots whose second has come round again are emptied.
    private int Turn()
    {
        var second = clock.Now / TimeSpan.TicksPerSecond;
        for (var steps = Math.Min(second - _second, Seconds); steps > 0; steps--)
        {
            var slot = (int)((second - steps + 1) % Seconds);
            _sumRequests -= _requests[slot];
            _sumRetries -= _retries[slot];
            _requests[slot] = _retries[slot] = 0;
        }

        _second = Math.Max(_second, second);
        return (int)(_second % Seconds);
    }
}
