using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>Sends a request to one host and waits, under the stage's time limit, until its answer can be judged.</summary>
internal readonly struct AttemptRun(UpstreamRequest request, HostLease lease)
{
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<AttemptResult> RunAsync(CancellationToken caller)
    {
        var attempt = request.Attempts.Create();
        var time = lease.Host.State.Clock.Time;
        var timeouts = lease.Host.Settings.Timeouts;
        var stage = request.Streamed ? timeouts.FirstByte : timeouts.Response;
        var remaining = request.Deadline.Remaining;
        if (remaining <= TimeSpan.Zero)
        {
            return new AttemptResult(AttemptOutcome.Failed(FailureReason.TotalTimeout), null, attempt);
        }

        var reason = remaining < stage ? FailureReason.TotalTimeout
            : request.Streamed ? FailureReason.FirstByteTimeout
            : FailureReason.ResponseTimeout;
        using var timer = new CancellationTokenSource(remaining < stage ? remaining : stage, time);
        using var registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timer);
        HttpResponseMessage? response = null;
        try
        {
            using var message = attempt.CreateRequest(lease.Host, lease.Model);
            response = await lease.Host.SendAsync(message, timer.Token);
            var outcome = OutcomeTable.Classify(response, time);
            if (outcome.Kind == OutcomeKind.Success)
            {
                outcome = await attempt.AcceptAsync(response, timer.Token);
            }

            return new AttemptResult(outcome, response, attempt);
        }
        catch (Exception e) when (!caller.IsCancellationRequested)
        {
            response?.Dispose();
            return new AttemptResult(Explain(e, timer.IsCancellationRequested ? reason : FailureReason.None), null, attempt);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private static AttemptOutcome Explain(Exception exception, FailureReason expired) => exception switch
    {
        HostAuthorizationException => new AttemptOutcome(OutcomeKind.Misconfigured),
        _ when expired != FailureReason.None => AttemptOutcome.Failed(expired),
        _ => AttemptOutcome.Failed(OutcomeTable.Classify(exception)),
    };
}
