using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Relay;

/// <summary>The errors of a host that fails on purpose.</summary>
internal static class ScriptedError
{
    /// <summary>The error that goes with a status, worded as hosts word it.</summary>
    public static OpenAiError ForStatus(int status, int? retryAfterSeconds = null) => (status switch
    {
        401 => OpenAiError.InvalidApiKey("Incorrect API key provided (simulated)."),
        404 => OpenAiError.ModelNotFound("The model does not exist (simulated)."),
        429 => new OpenAiError(status, "requests", "rate_limit_exceeded", "Rate limit reached (simulated)."),
        503 => new OpenAiError(status, "server_error", "overloaded", "The host is overloaded (simulated)."),
        < 500 => new OpenAiError(status, "invalid_request_error", "invalid_request", $"The request was refused with status {status} (simulated)."),
        _ => new OpenAiError(status, "server_error", "internal_error", $"The host failed with status {status} (simulated)."),
    }) with
    { RetryAfter = retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
}
