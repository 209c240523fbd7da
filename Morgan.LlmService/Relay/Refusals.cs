using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>What the client is told when no host gave an answer.</summary>
internal static class Refusals
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>The error for a response that has not begun.</summary>
    public static OpenAiError Of(UpstreamResult result)
    {
        var error = result.Kind switch
        {
            UpstreamResultKind.RateLimited => OpenAiError.RateLimited(
                "requests", $"Every host of this model is at its rate limit{Tried(result)}.", result.RetryAfter ?? Soon),
            UpstreamResultKind.Misconfigured => new OpenAiError(502, "server_error", "host_misconfigured",
                $"The host '{result.Host?.Name}' refused the gateway's credentials, or redirected{Tried(result)}."),
            UpstreamResultKind.HostError => new OpenAiError((int)(result.Outcome.Status ?? System.Net.HttpStatusCode.BadGateway),
                "server_error", "bad_upstream_response", $"The host '{result.Host?.Name}' answered {(int?)result.Outcome.Status}{Tried(result)}.")
            {
                RetryAfter = result.RetryAfter,
            },
            UpstreamResultKind.BadResponse => OpenAiError.BadUpstreamResponse(
                $"The host '{result.Host?.Name}' gave an answer that broke off or is no answer{Tried(result)}."),
            UpstreamResultKind.Timeout => OpenAiError.UpstreamTimeout(
                $"No answer in time: {Limit(result.Outcome.Reason)}{Tried(result)}."),
            UpstreamResultKind.Overloaded => OpenAiError.Overloaded(
                "Every host of this model is busy.", result.RetryAfter ?? Soon),
            _ => new OpenAiError(503, "server_error", "no_healthy_host", $"No host of this model can be reached{Tried(result)}.")
            {
                RetryAfter = result.RetryAfter ?? Soon,
            },
        };

        // After Morgan's own attempts those of the client would only add load.
        return result.Attempts > 0 && error.Status >= 429 ? error with { ShouldRetry = false } : error;
    }

    /// <summary>The error for a stream that a keep-alive comment has opened.</summary>
    public static OpenAiError InStream(UpstreamResult result, HostError? said)
    {
        var error = Of(result);
        var code = result.Kind switch
        {
            UpstreamResultKind.Timeout => "upstream_timeout",
            UpstreamResultKind.NoHealthyHost or UpstreamResultKind.Overloaded or UpstreamResultKind.RateLimited => "no_healthy_host",
            _ => "upstream_error",
        };
        return error with { Code = code, Message = said?.Message ?? error.Message };
    }

    /// <summary>The error for a stream that broke off after it had begun.</summary>
    public static OpenAiError Interrupted(AttemptOutcome outcome, HostError? said) => outcome switch
    {
        { Kind: OutcomeKind.Cancelled } => Stopping(),
        { Reason: FailureReason.IdleTimeout } => Server("stream_idle_timeout", "The host sent nothing for too long (Llm:Timeouts:Idle)."),
        { Reason: FailureReason.TotalTimeout } => Server("upstream_timeout", "The answer took longer than a request may (Llm:Timeouts:Total)."),
        { Reason: FailureReason.ErrorInStream } => Server("upstream_error", said?.Message ?? "The host sent an error, or an event that is not JSON."),
        _ => Server("stream_interrupted", "The host's answer broke off before its end."),
    };

    /// <summary>The error for what the service has to leave unfinished when it stops.</summary>
    public static OpenAiError Stopping() =>
        Server("stream_interrupted", "The gateway is stopping.") with { RetryAfter = Soon };

    private static OpenAiError Server(string code, string message) => new(503, "server_error", code, message);

    private static string Tried(UpstreamResult result) => result.Attempts > 1 ? $" ({result.Attempts} attempts)" : "";

    private static string Limit(FailureReason reason) => reason switch
    {
        FailureReason.ConnectTimeout => "no connection within Llm:Timeouts:Connect",
        FailureReason.FirstByteTimeout => "no data within Llm:Timeouts:FirstByte",
        FailureReason.ResponseTimeout => "no response within Llm:Timeouts:Response",
        FailureReason.IdleTimeout => "nothing more within Llm:Timeouts:Idle",
        _ => "the request's time, Llm:Timeouts:Total, is over",
    };
}
