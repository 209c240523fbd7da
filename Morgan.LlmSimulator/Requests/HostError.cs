using System.Globalization;

namespace Morgan.LlmSimulator.Requests;

/// <summary>An error as OpenAI's API words it: <c>{"error":{"message","type","param","code"}}</c>.</summary>
internal sealed record HostError(int Status, string Type, string? Code, string Message, string? Parameter = null)
{
    /// <summary>Sent as <c>Retry-After</c>, in seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The error that goes with a scripted status.</summary>
    public static HostError ForStatus(int status, int? retryAfterSeconds) => (status switch
    {
        401 => new HostError(status, "invalid_request_error", "invalid_api_key", "Incorrect API key provided (simulated)."),
        403 => new HostError(status, "invalid_request_error", "forbidden", "This key may not do that (simulated)."),
        404 => new HostError(status, "invalid_request_error", "model_not_found", "The model does not exist (simulated)."),
        429 => new HostError(status, "requests", "rate_limit_exceeded", "Rate limit reached (simulated)."),
        < 500 => new HostError(status, "invalid_request_error", null, $"The request was refused with status {status} (simulated)."),
        503 => new HostError(status, "server_error", "overloaded", "The host is overloaded (simulated)."),
        _ => new HostError(status, "server_error", null, $"The host failed with status {status} (simulated)."),
    }) with
    { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>The error's JSON body.</summary>
    public object ToBody() => new { error = new { message = Message, type = Type, param = Parameter, code = Code } };

    /// <summary>Answers with it.</summary>
    public Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = Status;
        if (RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsJsonAsync(ToBody(), cancellationToken);
    }
}
