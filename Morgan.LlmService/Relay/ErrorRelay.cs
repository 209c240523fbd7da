using System.Globalization;
using System.Text.Json;
using Morgan.LlmService.Dispatch;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>Answers when no host has given an answer: with a host's own error where that is the answer, else with Morgan's.</summary>
internal static class ErrorRelay
{
    private const int LargestBody = 1024 * 1024;

    /// <summary>Answers. The response must not have begun.</summary>
    public static async Task WriteAsync(Exchange exchange, UpstreamResult result)
    {
        var error = Refusals.Of(result);
        exchange.Record.ErrorType = error.Code;
        MorganHeaders.Set(exchange, result);
        if (result is { Response: { } host, Kind: UpstreamResultKind.HostError or UpstreamResultKind.RateLimited })
        {
            exchange.Record.ErrorType = ((int)host.StatusCode).ToString(CultureInfo.InvariantCulture);
            ForwardedHeaders.CopyToClient(host, exchange.Context.Response.Headers);
            if (HostAnswer.Is(host, "application/json") && await ReadAsync(exchange, host) is { } body)
            {
                await PassOnAsync(exchange, host, body, error);
                return;
            }
        }

        await error.WriteAsync(exchange.Context);
    }

    /// <summary>What a host said of its error, for a stream that has begun; null: nothing that can be read.</summary>
    public static async Task<HostError?> ReadErrorAsync(Exchange exchange, UpstreamResult result)
    {
        if (result.Response is not { } host || !HostAnswer.Is(host, "application/json") || await ReadAsync(exchange, host) is not { } body)
        {
            return null;
        }

        try
        {
            var answer = new AnswerReader();
            answer.Read(body);
            return answer.Error;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task PassOnAsync(Exchange exchange, HttpResponseMessage host, byte[] body, OpenAiError error)
    {
        var response = exchange.Context.Response;
        response.StatusCode = (int)host.StatusCode;
        response.ContentType = HostAnswer.ContentType(host, "application/json");
        response.ContentLength = body.Length;
        if (error.RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.ShouldRetry == false)
        {
            response.Headers["x-should-retry"] = "false";
        }

        await response.Body.WriteAsync(body, exchange.Context.RequestAborted);
    }

    // Null: it broke off, stalled, is too large to be an error, or tells the host's key.
    private static async Task<byte[]?> ReadAsync(Exchange exchange, HttpResponseMessage host)
    {
        using var guard = new RelayGuard(exchange.Timeouts, exchange.Deadline, exchange.Services.Time, exchange.End);
        try
        {
            guard.Arm();
            await host.Content.LoadIntoBufferAsync(LargestBody, guard.Token);
            var body = await host.Content.ReadAsByteArrayAsync(guard.Token);
            return HostSecrets.AreIn(host, body) ? null : body;
        }
        catch (Exception e) when (!exchange.End.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
