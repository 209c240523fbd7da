using System.Globalization;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Health;

namespace Morgan.Upstreams.Telemetry;

/// <summary>The words that states, causes and outcomes have outside: in metrics, spans, logs and the admin API.</summary>
internal static class Words
{
    public static string Of(HealthState state) => state switch
    {
        HealthState.Healthy => "healthy",
        HealthState.Degraded => "degraded",
        HealthState.Unhealthy => "unhealthy",
        _ => "unknown",
    };

    public static string Of(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        _ => "half-open",
    };

    public static string Of(AttemptCause cause) => cause switch
    {
        AttemptCause.First => "first",
        AttemptCause.Failover => "failover",
        AttemptCause.Retry => "retry",
        _ => "hedge",
    };

    public static string Of(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => "success",
        OutcomeKind.ClientError => "client_error",
        OutcomeKind.Misconfigured => "misconfigured",
        OutcomeKind.RateLimited => "rate_limited",
        OutcomeKind.Cancelled => "cancelled",
        _ => "failed",
    };

    public static string Of(WaitReason reason) => reason switch
    {
        WaitReason.RateLimit => "rate_limit",
        WaitReason.Place => "place",
        WaitReason.Return => "return",
        _ => "backoff",
    };

    /// <summary>The <c>error.type</c>: the status where there is one, else the reason; null when there is no error.</summary>
    public static string? ErrorType(AttemptOutcome outcome) => outcome switch
    {
        { Kind: OutcomeKind.Success } => null,
        { Kind: OutcomeKind.Cancelled } => "cancelled",
        { Status: { } status } when (int)status >= 300 => ((int)status).ToString(CultureInfo.InvariantCulture),
        { Kind: OutcomeKind.Misconfigured } => "misconfigured",
        _ => Of(outcome.Reason),
    };

    private static string Of(FailureReason reason) => reason switch
    {
        FailureReason.Connect => "connect",
        FailureReason.ConnectTimeout => "connect_timeout",
        FailureReason.FirstByteTimeout => "first_byte_timeout",
        FailureReason.ResponseTimeout => "response_timeout",
        FailureReason.IdleTimeout => "idle_timeout",
        FailureReason.TotalTimeout => "total_timeout",
        FailureReason.BrokenBody => "broken_body",
        FailureReason.ErrorInStream => "error_in_stream",
        _ => "failed",
    };
}
