using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>Asks the other replicas for permits: one question at a time, for all who wait then.</summary>
/// <param name="fleet">The others.</param>
/// <param name="host">Whose permits.</param>
/// <param name="gate">The limiter's lock.</param>
/// <param name="source">What is known of the limit.</param>
/// <param name="queue">Who waits.</param>
/// <param name="clock">The clock.</param>
/// <param name="goOnAlone">The others can't be asked; called without the lock.</param>
internal sealed class PermitRequests(
    IFleet fleet, string host, Lock gate, PermitSource source, PermitQueue queue, MonotonicClock clock, Action goOnAlone)
{
    private const int MostAtOnce = 100;

    private bool _isAsking;

    /// <summary>Sees to it that who waits now is asked for. Called with the lock.</summary>
    public void Ask()
    {
        if (!_isAsking)
        {
            _isAsking = true;
            _ = AskForAllAsync();
        }
    }

    private async Task AskForAllAsync()
    {
        while (true)
        {
            int wanted;
            RateLimitOptions limit;
            lock (gate)
            {
                wanted = Math.Min(queue.Count + source.Debt, MostAtOnce);
                limit = source.Limit;
                if (wanted == 0)
                {
                    _isAsking = false;
                    return;
                }
            }

            var answer = await fleet.TakeAsync(host, limit, wanted);
            TimeSpan pause;
            lock (gate)
            {
                if (answer is not { } permits)
                {
                    _isAsking = false;
                    break;
                }

                pause = Grant(permits, wanted);
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock.Time);
            }
        }

        goOnAlone();
    }

    private TimeSpan Grant(FleetPermits permits, int wanted)
    {
        var now = source.Now();
        for (var left = source.Heed(permits, wanted, now); left > 0 && queue.Serve(now); left--)
        {
            source.Used(now);
        }

        if (permits.Granted < wanted || permits.Next > TimeSpan.Zero)
        {
            queue.RefuseImpatient(); // those who came after the question too: there is nothing left
        }

        return queue.Count == 0 ? TimeSpan.Zero
            : permits is { Granted: 0, Next.Ticks: 0 } ? TimeSpan.FromMilliseconds(1)
            : TimeSpan.FromMilliseconds(Math.Ceiling(permits.Next.TotalMilliseconds));
    }
}
