using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Finds the host for a request's next attempt: at once where one is usable, else after the wait that is shortest and
/// can still succeed.
/// </summary>
internal sealed class HostPick(HostContext context, UpstreamRequest request, UpstreamOptions settings, CancellationToken caller)
{
    // Each question that brings nothing takes its host out of the picks for a while.
    private const int MostAsked = 16;

    private HostWait? _wait;
    private Candidate? _toAsk;
    private Candidate[]? _tried;
    private int _triedCount;
    private int _rounds;

    /// <summary>Why the next attempt is made, if it is not the first.</summary>
    public AttemptCause Cause => _triedCount > 0 ? AttemptCause.Failover : AttemptCause.Retry;

    /// <summary>Whether hosts were usable but for their limits when the last pick failed.</summary>
    public bool IsOverloaded => _wait?.IsOverloaded == true;

    /// <summary>When it is worth trying again; null when nobody knows.</summary>
    public TimeSpan? RetryAfter => _wait?.RetryAfter;

    /// <summary>A host has failed this request: in this round it gets no other chance.</summary>
    public void Failed(Candidate candidate)
    {
        _tried ??= new Candidate[settings.Retry.MaxRetries + 1];
        _tried[_triedCount++] = candidate;
    }

    /// <summary>The hold on the next host; null when none can be had in time.</summary>
    public async ValueTask<HostLease?> NextAsync()
    {
        while (true)
        {
            if (await PickAsync() is { } lease)
            {
                return lease;
            }

            if (_triedCount > 0)
            {
                // All that can be used have failed: after a pause each may be tried again.
                if (!await BackOffAsync())
                {
                    return null;
                }

                _triedCount = 0;
                continue;
            }

            var change = context.Changes.Next;
            if ((lease = await PickAsync()) is not null)
            {
                return lease;
            }

            _wait ??= new HostWait(context, request, settings, caller);
            var (goOn, candidate, held) = await _wait.WaitAsync(change);
            if (!goOn)
            {
                return null;
            }

            if (candidate is not null && TryTake(candidate, held) is { } waitedFor)
            {
                return waitedFor;
            }
        }
    }

    /// <summary>A second host for a request that another is working on; null when none is fully usable.</summary>
    public HostLease? Other(HostLease first) => TryPick(Usability.Hesitant, first.Candidate);

    // The best host; where its limit is shared by replicas, once they have granted the permit.
    private async ValueTask<HostLease?> PickAsync()
    {
        for (var asked = 0; ; asked++)
        {
            var lease = TryPick(Usability.LastResort, except: null);
            if (lease is not null || _toAsk is not { } candidate || asked == MostAsked)
            {
                return lease;
            }

            if (candidate.State.Limiter is { } limiter
                && await limiter.AskAsync(request.Flow, caller)
                && TryTake(candidate, HeldPermits.Rate) is { } granted)
            {
                return granted;
            }
        }
    }

    private HostLease? TryPick(Usability least, Candidate? except)
    {
        var now = context.Clock.Now;
        _toAsk = null;
        for (var i = 0; i < request.Tiers.Count; i++)
        {
            var lease = TryPick(request.Tiers[i], now, Usability.Full, except);
            if (lease is null && _toAsk is null)
            {
                lease = TryPick(request.Tiers[i], now, Usability.Hesitant, except);
            }

            if (lease is not null || _toAsk is not null)
            {
                return lease;
            }
        }

        for (var i = 0; i < request.Tiers.Count && least == Usability.LastResort; i++)
        {
            if (TryPick(request.Tiers[i], now, Usability.LastResort, except) is var lease && (lease is not null || _toAsk is not null))
            {
                return lease;
            }
        }

        return null;
    }

    private HostLease? TryPick(Tier tier, long now, Usability least, Candidate? except)
    {
        var pick = new PickContext(now, least, request.PrefixHash, request.Streamed, _tried, _triedCount, except);

        // Another request may take the place or permit between pick and entry; the host then shows it, and the next
        // pick goes elsewhere.
        for (var i = 0; i < tier.Candidates.Count && tier.Pick(pick) is { } candidate; i++)
        {
            if (TryTake(candidate, HeldPermits.None) is { } lease)
            {
                return lease;
            }

            if (candidate.State.Limiter is { IsShared: true })
            {
                _toAsk = candidate;
                return null;
            }
        }

        return null;
    }

    private HostLease? TryTake(Candidate candidate, HeldPermits held)
    {
        var now = context.Clock.Now;
        return candidate.State.TryEnter(now, held, out var permit) ? new HostLease(candidate, permit, now) : null;
    }

    private async ValueTask<bool> BackOffAsync()
    {
        var pause = Backoff.Delay(settings.Retry, _rounds++, context.Random);
        if (pause >= request.Deadline.Remaining)
        {
            return false;
        }

        await Task.Delay(pause, context.Time, caller);
        context.Metrics.Waited(pause, WaitReason.Backoff);
        UpstreamActivities.Waited(WaitReason.Backoff, pause);
        return true;
    }
}
