using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Bulkheads;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Waits for a host while none is usable: in the queue of a rate limit, in the queues of full hosts, or for the first
/// that comes back from a cool-down or an open circuit. Refuses at once when the wait can't succeed.
/// </summary>
internal sealed class HostWait(HostContext context, UpstreamRequest request, UpstreamOptions settings, CancellationToken caller)
{
    // Requests that wait for the same host don't all fall upon it in the moment of its return.
    private const double Spread = 0.1;
    private static readonly TimeSpan MostSpread = TimeSpan.FromSeconds(1);

    // A half-open circuit tells when it has decided; this is the limit of any one wait for that.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private TimeSpan _queued;

    /// <summary>Whether hosts were usable but for their limits when the wait was refused.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>When it is worth trying again, as of the refusal.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>Waits once.</summary>
    /// <param name="change">Completes when any host may have become usable; taken before the hosts were looked at.</param>
    /// <returns>
    /// Whether to look again, and the candidate that has been waited for, with what is held of it, when it was a certain
    /// one.
    /// </returns>
    public async ValueTask<(bool GoOn, Candidate? Candidate, HeldPermits Held)> WaitAsync(Task change)
    {
        var began = context.Clock.Now;
        var survey = HostSurvey.Of(request.Tiers, request.Flow, began);
        if (survey.IsUsable)
        {
            return (true, null, HeldPermits.None);
        }

        var most = Least(settings.RateLimit.MaxWait - _queued, request.Deadline.Remaining);
        if (survey.Limited is { } limited && await WaitForPermitAsync(limited, most))
        {
            Waited(WaitReason.RateLimit, began);
            return (true, limited, HeldPermits.Rate);
        }

        var waiter = new PlaceWaiter(context.Clock, request.Flow, most);
        if (survey.NextPlace is not null && most > TimeSpan.Zero && JoinQueues(waiter))
        {
            var wait = survey.NextReturn is { } comesBack && comesBack > TimeSpan.Zero ? Least(most, comesBack) : most;
            var place = await waiter.WaitAsync(wait, change, caller);
            Waited(WaitReason.Place, began);
            return (true, place is null ? null : OwnerOf(place), HeldPermits.Place);
        }

        // While hosts are merely busy, nobody waits longer than MaxWait.
        var limit = survey.IsOverloaded ? most : request.Deadline.Remaining;
        if (survey.NextReturn is { } pause && pause < limit)
        {
            await WaitForReturnAsync(pause, limit, change);
            Waited(WaitReason.Return, began);
            return (true, null, HeldPermits.None);
        }

        IsOverloaded = survey.IsOverloaded;
        RetryAfter = survey.RetryAfter;
        return default;
    }

    private async ValueTask<bool> WaitForPermitAsync(Candidate candidate, TimeSpan most) =>
        most > TimeSpan.Zero
        && candidate.State.Limiter is { } limiter
        && await limiter.WaitAsync(request.Flow, most, caller);

    private bool JoinQueues(PlaceWaiter waiter)
    {
        var now = context.Clock.Now;
        var joined = false;
        foreach (var tier in request.Tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                var state = candidate.State;
                if (state.Bulkhead.IsFull && state.UsabilityButForLimits(now) != Usability.None)
                {
                    joined |= waiter.TryJoin(state.Bulkhead, settings.RateLimit.QueueLimit);
                }
            }
        }

        return joined;
    }

    private async Task WaitForReturnAsync(TimeSpan pause, TimeSpan limit, Task change)
    {
        var delay = pause == TimeSpan.Zero
            ? LookAgain
            : pause + (Least(pause * Spread, MostSpread) * context.Random.NextDouble());
        try
        {
            await change.WaitAsync(Least(delay, limit), context.Time, caller);
        }
        catch (TimeoutException)
        {
            // The usual end: the time has come.
        }
    }

    private void Waited(WaitReason reason, long began)
    {
        var time = new TimeSpan(context.Clock.Now - began);
        if (reason is WaitReason.RateLimit or WaitReason.Place)
        {
            _queued += time;
        }

        context.Metrics.Waited(time, reason);
        UpstreamActivities.Waited(reason, time);
    }

    private Candidate? OwnerOf(Bulkhead place)
    {
        foreach (var tier in request.Tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                if (ReferenceEquals(candidate.State.Bulkhead, place))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
