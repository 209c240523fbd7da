using System.Diagnostics;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Attempts;

/// <summary>Sends a request to one host and waits, under the stage's time limit, until its answer can be judged.</summary>
internal sealed class AttemptRun : IDisposable
{
    private readonly HostContext _context;
    private readonly UpstreamRequest _request;
    private readonly HostLease _lease;
    private readonly AttemptInfo _info;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenRegistration _registration;
    private readonly FailureReason _limit;
    private volatile bool _lost;

    public AttemptRun(HostContext context, UpstreamRequest request, HostLease lease, AttemptInfo info, CancellationToken caller)
    {
        (_context, _request, _lease, _info, _caller) = (context, request, lease, info, caller);
        var stage = StageLimit.Of(lease.Host, request.Streamed);
        var remaining = request.Deadline.Remaining;
        _limit = remaining < stage ? FailureReason.TotalTimeout
            : request.Streamed ? FailureReason.FirstByteTimeout
            : FailureReason.ResponseTimeout;
        var delay = remaining < stage ? remaining : stage;
        _timer = PooledCancellation.Rent(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, context.Time);
        _registration = caller.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);
    }

    /// <summary>Another attempt has won: this one's host stops working on it.</summary>
    public void Lose()
    {
        _lost = true;
        _timer.Cancel();
    }

    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<AttemptResult> RunAsync()
    {
        using var activity = UpstreamActivities.Start(_info);
        _request.Observer?.AttemptStarted(_info);
        IAttempt? attempt = null;
        HttpRequestMessage? message = null;
        HttpResponseMessage? response = null;
        AttemptOutcome outcome;
        try
        {
            attempt = _request.Attempts.Create();
            message = attempt.CreateRequest(_lease.Host, _lease.Model);
            UpstreamActivities.Sent(activity, message);
            response = await _lease.Host.SendAsync(message, _timer.Token);
            _lease.Host.State.Heed(response);
            outcome = OutcomeTable.Classify(response, _context.Time);
            if (outcome.Kind == OutcomeKind.Success)
            {
                var judged = await attempt.AcceptAsync(response, _timer.Token);
                outcome = judged with { Status = judged.Status ?? response.StatusCode };
            }

            if (outcome.Kind == OutcomeKind.Success && _timer.IsCancellationRequested)
            {
                // Accepted in the very moment in which the time was over or another attempt had won.
                (attempt as IDisposable)?.Dispose();
                _timer.Token.ThrowIfCancellationRequested();
            }
        }
#pragma warning disable CA1031 // whatever goes wrong with one host, the next may do better
        catch (Exception e) when (message is not null && !_caller.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Drop(message, response);
            response = null;
            outcome = Explain(e);
        }
        catch (Exception e)
        {
            // The client left, or the caller's own code failed: the host has no part in it.
            Drop(message, response);
            Decide(AttemptOutcome.Cancelled, activity);
            if (message is null)
            {
                throw;
            }

            throw new OperationCanceledException("the client left", e, _caller);
        }

        Decide(outcome, activity);
        return new AttemptResult(outcome, response, attempt, _lease);
    }

    public void Dispose()
    {
        _registration.Dispose();
        PooledCancellation.Return(_timer);
    }

    private static void Drop(HttpRequestMessage? message, HttpResponseMessage? response)
    {
        response?.Dispose();
        message?.Dispose();
    }

    private AttemptOutcome Explain(Exception exception) => exception switch
    {
        _ when _lost => AttemptOutcome.Cancelled,
        HostAuthorizationException => new AttemptOutcome(OutcomeKind.Misconfigured),
        _ when _timer.IsCancellationRequested => AttemptOutcome.Failed(_limit),
        _ => AttemptOutcome.Failed(OutcomeTable.Classify(exception)),
    };

    private void Decide(AttemptOutcome outcome, Activity? activity)
    {
        var elapsed = _lease.Elapsed();
        if (outcome.Kind == OutcomeKind.Success)
        {
            _lease.Accept(_request.Streamed);
        }
        else
        {
            _lease.Complete(outcome);
        }

        _context.Metrics.Attempted(_info, outcome);
        UpstreamActivities.Decided(activity, outcome);
        _request.Observer?.AttemptEnded(_info, outcome, elapsed);
    }
}
