using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Morgan.ServiceDefaults.Errors;

/// <summary>
/// An error as OpenAI's API words it: <c>{"error":{"message","type","param","code"}}</c>. The factories are the rows
/// of the table in docs/api.md.
/// </summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Type">OpenAI's error type, for example <c>invalid_request_error</c>.</param>
/// <param name="Code">A stable word for programs, for example <c>model_not_found</c>.</param>
/// <param name="Message">For people; never holds a secret.</param>
/// <param name="Param">The request field that was wrong, if one was.</param>
public sealed record OpenAiError(int Status, string Type, string Code, string Message, string? Param = null)
{
    private const string InvalidRequest = "invalid_request_error";
    private const string Server = "server_error";

    /// <summary>When to come back, sent as <c>Retry-After</c> in whole seconds, rounded up; null: not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>False sends <c>x-should-retry: false</c>: the service's own retries are used up, the client's would only add load.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>400: the body is not JSON.</summary>
    public static OpenAiError InvalidJson(string message) => new(400, InvalidRequest, "invalid_json", message);

    /// <summary>400: a field that must be there is not.</summary>
    public static OpenAiError MissingParameter(string param) =>
        new(400, InvalidRequest, "missing_required_parameter", $"Missing required parameter: '{param}'.", param);

    /// <summary>400: a field has a value that cannot be served.</summary>
    public static OpenAiError InvalidValue(string param, string message) => new(400, InvalidRequest, "invalid_value", message, param);

    /// <summary>401: no key, or one that is not known or no longer valid.</summary>
    public static OpenAiError InvalidApiKey(string message) => new(401, InvalidRequest, "invalid_api_key", message);

    /// <summary>403: the key may not use this model.</summary>
    public static OpenAiError ModelNotAllowed(string model) =>
        new(403, InvalidRequest, "model_not_allowed", $"This key may not use the model '{model}'.", "model");

    /// <summary>403: an admin key is needed.</summary>
    public static OpenAiError AdminRequired() => new(403, InvalidRequest, "admin_required", "This path needs an admin key.");

    /// <summary>403: another site's page sent it by a visitor's browser, without a key.</summary>
    public static OpenAiError CrossOrigin() => new(403, InvalidRequest, "cross_origin", "Pages of other sites may not call without a key.");

    /// <summary>404: no such model; the message may name the nearest ones.</summary>
    public static OpenAiError ModelNotFound(string message) => new(404, InvalidRequest, "model_not_found", message, "model");

    /// <summary>404: no such path.</summary>
    public static OpenAiError UnknownUrl(string method, string path) =>
        new(404, InvalidRequest, "unknown_url", $"Unknown request URL: {method} {path}.");

    /// <summary>405: the path exists, but not for this method.</summary>
    public static OpenAiError MethodNotAllowed(string method, string path) =>
        new(405, InvalidRequest, "method_not_allowed", $"Not allowed to {method} on {path}.");

    /// <summary>413: the body is past the limit.</summary>
    /// <param name="limitBytes">The limit that was passed, in bytes.</param>
    public static OpenAiError RequestTooLarge(long limitBytes) =>
        new(413, InvalidRequest, "request_too_large", $"The request body is larger than the limit of {limitBytes} bytes.");

    /// <summary>429: too many requests or tokens for now.</summary>
    /// <param name="type"><c>requests</c> or <c>tokens</c>.</param>
    /// <param name="message">Names the limit.</param>
    /// <param name="retryAfter">When a request can succeed.</param>
    public static OpenAiError RateLimited(string type, string message, TimeSpan retryAfter) =>
        new(429, type, "rate_limit_exceeded", message) { RetryAfter = retryAfter };

    /// <summary>502: a host answered with something that is no answer.</summary>
    public static OpenAiError BadUpstreamResponse(string message) => new(502, Server, "bad_upstream_response", message);

    /// <summary>503: the work queue is full.</summary>
    public static OpenAiError Overloaded(string message, TimeSpan retryAfter) =>
        new(503, Server, "overloaded", message) { RetryAfter = retryAfter };

    /// <summary>504: the answer did not come in time.</summary>
    public static OpenAiError UpstreamTimeout(string message) => new(504, Server, "upstream_timeout", message);

    /// <summary>500: a fault of the service's own; says nothing of its inside.</summary>
    public static OpenAiError Internal() => new(500, Server, "internal_error", "The server had an error while processing the request.");

    /// <summary>
    /// Answers with this error, in the body shape of the endpoint's API (<see cref="ErrorBody"/> metadata; OpenAI's
    /// where there is none). Does nothing when the response has begun.
    /// </summary>
    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        response.StatusCode = Status;
        response.ContentType = "application/json";
        if (RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (ShouldRetry is { } retry)
        {
            response.Headers["x-should-retry"] = retry ? "true" : "false";
        }

        var body = context.GetEndpoint()?.Metadata.GetMetadata<ErrorBody>()?.Write(this) ?? ToJson();
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The body: <c>{"error":{"message":…,"type":…,"param":…,"code":…}}</c>, UTF-8.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            WriteFields(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Writes the four fields into an object that the caller has opened.</summary>
    public void WriteFields(Utf8JsonWriter writer)
    {
        writer.WriteString("message", Message);
        writer.WriteString("type", Type);
        writer.WriteString("param", Param);
        writer.WriteString("code", Code);
    }
}
