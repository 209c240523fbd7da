using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>One request on its way: attempt after attempt until one is accepted or there is no point in going on.</summary>
internal sealed class AttemptLoop(
    HostContext context, AttemptBudgets budgets, UpstreamRequest request, UpstreamOptions settings, CancellationToken caller)
{
    private readonly HostPick _pick = new(context, request, settings, caller);
    private List<Task>? _losers;
    private int _attempts;
    private long _hostTime;
    private TimeSpan? _soonest;
    private AttemptResult? _last;

    public async Task<UpstreamResult> RunAsync()
    {
        budgets.Count();
        try
        {
            while (await _pick.NextAsync() is { } lease)
            {
                var began = context.Clock.Now;
                var run = Start(lease);
                if (settings.Hedging.Enabled && request.MayRetry)
                {
                    await HedgeAsync(run, lease);
                }
                else
                {
                    using var finished = run;
                    Take(await run.RunAsync());
                }

                _hostTime += context.Clock.Now - began;
                if (_last!.Outcome.Kind == OutcomeKind.Success)
                {
                    return Result(UpstreamResultKind.Accepted, _last.Lease);
                }

                if (!MayGoOn())
                {
                    break;
                }
            }

            return _attempts == 0 ? Unavailable() : Result(ResultTable.Kind(_last!.Outcome), lease: null);
        }
        catch
        {
            _last?.Discard();
            await Losers();
            throw;
        }
    }

    private AttemptRun Start(HostLease lease)
    {
        var cause = _attempts == 0 ? AttemptCause.First : _pick.Cause;
        if (cause == AttemptCause.Failover && _last is not null)
        {
            context.Metrics.FailedOver(_last.Lease.Host, _last.Outcome);
        }

        _last?.Discard();
        _last = null;
        return Start(lease, cause);
    }

    private async Task HedgeAsync(AttemptRun run, HostLease lease)
    {
        var task = run.RunAsync();
        if (await IsLateAsync(lease, task) && MayHedge() && _pick.Other(lease) is { } other)
        {
            var hedge = Start(other, AttemptCause.Hedge);
            await RaceAsync(run, task, hedge, hedge.RunAsync());
        }
        else
        {
            await TakeAsync(run, task);
        }
    }

    // The first good answer wins.
    private async Task RaceAsync(
        AttemptRun first, Task<AttemptResult> firstTask, AttemptRun second, Task<AttemptResult> secondTask)
    {
        await Task.WhenAny(firstTask, secondTask);
        if (!firstTask.IsCompleted)
        {
            (first, firstTask, second, secondTask) = (second, secondTask, first, firstTask);
        }

        try
        {
            await TakeAsync(first, firstTask);
        }
        catch
        {
            (_losers ??= []).Add(ForgetAsync(second, secondTask));
            throw;
        }

        if (_last!.Outcome.Kind is OutcomeKind.Success or OutcomeKind.ClientError)
        {
            second.Lose();
            (_losers ??= []).Add(ForgetAsync(second, secondTask));
        }
        else
        {
            _last.Discard();
            await TakeAsync(second, secondTask);
        }
    }

    private async Task<bool> IsLateAsync(HostLease lease, Task task)
    {
        if (StageLimit.Quantile(lease.Host, request.Streamed, settings.Hedging.DelayQuantile) is not { } usual)
        {
            return false;
        }

        try
        {
            await task.WaitAsync(usual, context.Time);
            return false;
        }
        catch (TimeoutException)
        {
            return !task.IsCompleted;
        }
    }

    private bool MayHedge() =>
        _attempts <= settings.Retry.MaxRetries && budgets.Hedges.TryTake(settings.Hedging.BudgetPercent);

    private static async Task ForgetAsync(AttemptRun loser, Task<AttemptResult> task)
    {
        using var run = loser;
        try
        {
            (await task).Discard();
        }
        catch (OperationCanceledException)
        {
            // The client left in the same moment; whoever waits for the winner hears of it.
        }
    }

    private AttemptRun Start(HostLease lease, AttemptCause cause) =>
        new(context, request, lease, new AttemptInfo(++_attempts, cause, lease.Host, lease.Model), caller);

    private async Task TakeAsync(AttemptRun run, Task<AttemptResult> task)
    {
        using var finished = run;
        Take(await task);
    }

    private void Take(AttemptResult result)
    {
        _last = result;
        if (result.Outcome.Kind is not (OutcomeKind.Success or OutcomeKind.ClientError))
        {
            _pick.Failed(result.Lease.Candidate);
        }

        if (result.Outcome.RetryAfter is { } pause && (_soonest is null || pause < _soonest))
        {
            _soonest = pause;
        }
    }

    private bool MayGoOn() =>
        OutcomeTable.IsRetryable(_last!.Outcome)
        && request.MayRetry
        && _attempts <= settings.Retry.MaxRetries
        && !request.Deadline.IsOver
        && budgets.Retries.TryTake(settings.Retry.BudgetPercent);

    private UpstreamResult Result(UpstreamResultKind kind, HostLease? lease) => new(kind)
    {
        Response = _last!.Response,
        Attempt = _last.Attempt,
        Lease = lease,
        Host = _last.Lease.Host,
        Model = _last.Lease.Model,
        Outcome = _last.Outcome,
        RetryAfter = lease is null ? _soonest ?? _pick.RetryAfter : null,
        Attempts = _attempts,
        HostTime = new TimeSpan(_hostTime),
        Losers = Losers(),
    };

    private Task Losers() => _losers is null ? Task.CompletedTask : Task.WhenAll(_losers);

    private UpstreamResult Unavailable() =>
        new(_pick.IsOverloaded ? UpstreamResultKind.Overloaded : UpstreamResultKind.NoHealthyHost)
        {
            Outcome = AttemptOutcome.Failed(FailureReason.None),
            RetryAfter = _pick.RetryAfter,
        };
}
