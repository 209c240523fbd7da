using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>One request on its way: the rounds of attempts until one is accepted or there is no point in going on.</summary>
internal sealed class AttemptLoop(AttemptContext context, UpstreamRequest request, CancellationToken caller)
{
    private Candidate[]? _tried;
    private int _triedCount;
    private int _attempts;
    private int _rounds;
    private TimeSpan _hostTime;
    private TimeSpan? _soonest;
    private AttemptResult _last;
    private Candidate? _lastCandidate;

    private UpstreamOptions Settings => request.Tiers[0].Candidates[0].Host.Settings;

    public async Task<UpstreamResult> RunAsync()
    {
        context.Retries.Count();
        if (request.Tiers.Count == 0)
        {
            return new UpstreamResult(UpstreamResultKind.NoHealthyHost);
        }

        var cause = AttemptCause.First;
        try
        {
            while (true)
            {
                if (Pick() is not { } lease)
                {
                    if (!await PauseAsync())
                    {
                        return Finish();
                    }

                    cause = _attempts == 0 ? AttemptCause.First : AttemptCause.Retry;
                    continue;
                }

                await AttemptAsync(lease, cause);
                if (_last.Outcome.Kind == OutcomeKind.Success)
                {
                    return Accepted(lease);
                }

                if (!MayGoOn())
                {
                    return Finish();
                }

                Remember(lease.Candidate);
                cause = AttemptCause.Failover;
            }
        }
        catch
        {
            _last.Response?.Dispose();
            throw;
        }
    }

    private HostLease? Pick()
    {
        var now = context.Clock.Now;
        for (var least = Usability.Full; least > Usability.None; least--)
        {
            var pick = new PickContext(now, least, request.PrefixHash, request.Streamed, _tried, _triedCount);
            for (var i = 0; i < request.Tiers.Count; i++)
            {
                if (request.Tiers[i].Pick(pick) is { } candidate && candidate.Host.State.TryEnter(now, out var permit))
                {
                    return new HostLease(candidate, permit, now);
                }
            }
        }

        return null;
    }

    private async Task AttemptAsync(HostLease lease, AttemptCause cause)
    {
        _last.Response?.Dispose();
        _last = default;
        _lastCandidate = lease.Candidate;
        _attempts++;
        var info = new AttemptInfo(_attempts, cause, lease.Host, lease.Model);
        request.Observer?.AttemptStarted(info);
        try
        {
            _last = await new AttemptRun(request, lease).RunAsync(caller);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        var elapsed = lease.Elapsed();
        _hostTime += elapsed;
        if (_last.Outcome.Kind == OutcomeKind.Success)
        {
            lease.Accept(request.Streamed);
        }
        else
        {
            lease.Complete(_last.Outcome);
        }

        if (_last.Outcome.RetryAfter is { } pause && (_soonest is null || pause < _soonest))
        {
            _soonest = pause;
        }

        request.Observer?.AttemptEnded(info, _last.Outcome, elapsed);
    }

    private bool MayGoOn()
    {
        var retry = Settings.Retry;
        return OutcomeTable.IsRetryable(_last.Outcome)
            && request.MayRetry
            && _attempts <= retry.MaxRetries
            && !request.Deadline.IsOver
            && context.Retries.TryTake(retry.BudgetPercent);
    }

    // Nobody can be picked. After a round of failures: back off, and all candidates are open again. Else wait for the
    // first that says when it is back.
    private async Task<bool> PauseAsync()
    {
        var delay = _triedCount > 0 ? Backoff.Delay(Settings.Retry, _rounds++, context.Random) : SoonestReturn();
        if (delay is not { } pause || pause >= request.Deadline.Remaining)
        {
            return false;
        }

        _triedCount = 0;
        await Task.Delay(pause, context.Clock.Time, caller);
        return true;
    }

    private TimeSpan? SoonestReturn()
    {
        var now = context.Clock.Now;
        var soonest = long.MaxValue;
        foreach (var tier in request.Tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                var state = candidate.Host.State;
                if (state.IsEnabled && !state.IsDraining && !state.IsFull)
                {
                    soonest = Math.Min(soonest, Math.Max(state.CoolDown.Remaining(now), state.Breaker.ReopensIn(now)));
                }
            }
        }

        return soonest == long.MaxValue ? null : new TimeSpan(soonest);
    }

    private void Remember(Candidate candidate)
    {
        _tried ??= new Candidate[Settings.Retry.MaxRetries + 1];
        _tried[_triedCount++] = candidate;
    }

    private UpstreamResult Accepted(HostLease lease) => new(UpstreamResultKind.Accepted)
    {
        Response = _last.Response,
        Attempt = _last.Attempt,
        Lease = lease,
        Host = lease.Host,
        Model = lease.Model,
        Outcome = _last.Outcome,
        Attempts = _attempts,
        HostTime = _hostTime,
    };

    private UpstreamResult Finish() => new(_attempts == 0 ? Unavailable() : ResultTable.Kind(_last.Outcome))
    {
        Response = _last.Response,
        Attempt = _last.Attempt,
        Host = _lastCandidate?.Host,
        Model = _lastCandidate?.Model,
        Outcome = _attempts == 0 ? AttemptOutcome.Failed(FailureReason.None) : _last.Outcome,
        RetryAfter = _soonest ?? SoonestReturn(),
        Attempts = _attempts,
        HostTime = _hostTime,
    };

    private UpstreamResultKind Unavailable()
    {
        foreach (var tier in request.Tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                if (candidate.Host.State is { IsEnabled: true, IsDraining: false, IsFull: true, Breaker.State: not CircuitState.Open })
                {
                    return UpstreamResultKind.Overloaded;
                }
            }
        }

        return UpstreamResultKind.NoHealthyHost;
    }
}
