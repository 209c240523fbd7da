using Morgan.Upstreams.CircuitBreaking;

namespace Morgan.Upstreams.Attempts;

/// <summary>What a host's answer means, all of it: which outcome a status or an exception is, and what each outcome does.</summary>
public static class OutcomeTable
{
    /// <summary>
    /// The outcome that a response head stands for. <see cref="OutcomeKind.Success"/> means that the body may still fail.
    /// </summary>
    public static AttemptOutcome Classify(HttpResponseMessage response, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(response);
        var status = response.StatusCode;
        return (int)status switch
        {
            >= 200 and < 300 => new AttemptOutcome(OutcomeKind.Success, Status: status),
            401 or 403 or (>= 300 and < 400) => new AttemptOutcome(OutcomeKind.Misconfigured, Status: status),
            429 => AttemptOutcome.RateLimited(RetryAfter.Read(response, time)),
            409 when ShouldRetry(response) => new AttemptOutcome(OutcomeKind.Failed, FailureReason.Conflict, status),
            408 or >= 500 => new AttemptOutcome(
                OutcomeKind.Failed, FailureReason.Status, status, RetryAfter.Read(response, time)),
            _ => new AttemptOutcome(OutcomeKind.ClientError, Status: status),
        };
    }

    /// <summary>The failure that an exception of the transport stands for, when no timer or caller caused it.</summary>
    public static FailureReason Classify(Exception exception) => exception switch
    {
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        } => FailureReason.Connect,
        OperationCanceledException { InnerException: TimeoutException } => FailureReason.ConnectTimeout,
        _ => FailureReason.BrokenBody,
    };

    /// <summary>Whether another attempt may follow.</summary>
    public static bool IsRetryable(AttemptOutcome outcome) =>
        outcome.Kind is OutcomeKind.RateLimited or OutcomeKind.Misconfigured
        || (outcome.Kind is OutcomeKind.Failed && outcome.Reason != FailureReason.TotalTimeout);

    /// <summary>
    /// What is wrong with the answer to a health check; null when the host is well. One that has no such path is there,
    /// and one that is at its limit is too.
    /// </summary>
    internal static string? ProblemOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        (>= 200 and < 300) or 400 or 404 or 405 or 429 => null,
        401 or 403 => $"status {(int)response.StatusCode}: the host refuses the credentials",
        >= 300 and < 400 => $"status {(int)response.StatusCode}: the host redirects",
        var status => $"status {status}",
    };

    /// <summary>What the circuit breaker, the health and the load balancing of the host learn from it.</summary>
    /// <param name="outcome">What the attempt came to.</param>
    /// <param name="accepted">
    /// Whether its answer had begun: a host that is still sending when the request's time is over has done nothing wrong.
    /// </param>
    internal static BreakerSignal Signal(AttemptOutcome outcome, bool accepted) => outcome switch
    {
        { Kind: OutcomeKind.Success } => BreakerSignal.Success,
        { Kind: OutcomeKind.Failed, Reason: FailureReason.Conflict } => BreakerSignal.None,
        { Kind: OutcomeKind.Failed, Reason: FailureReason.TotalTimeout } when accepted => BreakerSignal.None,
        { Kind: OutcomeKind.Failed } => BreakerSignal.Failure,
        _ => BreakerSignal.None,
    };

    private static bool ShouldRetry(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-should-retry", out var values) && values.Contains("true", StringComparer.OrdinalIgnoreCase);
}
