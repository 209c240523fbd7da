using System.Globalization;
using System.Net;
using System.Text.Json;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Waiting;
using Morgan.LlmService.Dispatch;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Relay;
using Morgan.LlmService.Telemetry;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Endpoints;

/// <summary>
/// Embeddings: a model that the embedding service serves, or no model named, goes there; any other name to hosts, as
/// chat does.
/// </summary>
internal sealed class EmbeddingsEndpoint(
    GatewayServices services, GenerationEndpoint hosts, EmbeddingLink link, ILogger<EmbeddingsEndpoint> logger)
{
    private const int LargestAnswer = 256 * 1024 * 1024;
    private const string HostName = "embedding";

    // Whose request it is: the service sees one key, the gateway's, and keeps tenants' caches apart by this.
    private const string TenantHeader = "x-morgan-tenant";

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>Serves a request whose body has not been read.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        using var arrival = await Arrival.ReadAsync(context, Operation.Embeddings, services);
        if (arrival.Error is { } error)
        {
            await error.WriteAsync(context);
        }
        else if (arrival.Envelope.Model is { } model && !link.Serves(model)
            && (!link.IsConfigured || link.Models is not null || services.Catalog.Routes.FindNamed(model) is not null))
        {
            await hosts.HandleAsync(context, Operation.Embeddings, arrival);
        }
        else
        {
            await ServeAsync(context, arrival);
        }
    }

    private async Task ServeAsync(HttpContext context, Arrival arrival)
    {
        var caller = context.Features.Get<Caller>()!;
        var model = arrival.Envelope.Model;
        var error = model is null && caller.Models is not null ? OpenAiError.MissingParameter("model")
            : model is not null && !caller.MayUse(model) ? OpenAiError.ModelNotAllowed(model)
            : !link.IsConfigured ? Away("No embedding service is configured (Llm:Embedding:Url).")
            : null;
        if (error is not null)
        {
            await error.WriteAsync(context);
            return;
        }

        using var record = new ExchangeRecord(services.Telemetry, services.Time, Operation.Embeddings, model ?? "default", stream: false)
        {
            Attempts = 1,
        };
        using var exchange = new Exchange(context, Operation.Embeddings, arrival, services) { Record = record };
        (exchange.Reservation, error) = await ReserveAsync(exchange, caller, model ?? "default");
        error ??= await TrySendAsync(exchange);
        if (error is not null)
        {
            record.ErrorType = error.Code;
            await error.WriteAsync(context);
        }
    }

    private async ValueTask<(Reservation? Reservation, OpenAiError? Error)> ReserveAsync(Exchange exchange, Caller caller, string model)
    {
        if (!services.Limits.Concern(caller))
        {
            return default;
        }

        var (patience, error) = Patience.Of(exchange.Context.Request, exchange.Deadline);
        try
        {
            return error is not null ? (null, error)
                : await services.Limits.ReserveAsync(caller, model, exchange.EstimatePrompt(), patience, exchange.End);
        }
        catch (OperationCanceledException) when (!exchange.ClientLeft)
        {
            return (null, Refusals.Stopping());
        }
    }

    private async Task<OpenAiError?> TrySendAsync(Exchange exchange)
    {
        using var guard = new RelayGuard(exchange.Timeouts, exchange.Deadline, services.Time, exchange.End);
        try
        {
            return await SendAsync(exchange, guard);
        }
        catch (Exception e) when (!exchange.ClientLeft && !exchange.Context.Response.HasStarted
            && e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            Log.EmbeddingServiceAway(logger, e.Message);
            return e is OperationCanceledException && !exchange.End.IsCancellationRequested
                ? OpenAiError.UpstreamTimeout("The embedding service did not answer in time (Llm:Timeouts).")
                : Away("The embedding service cannot be reached.");
        }
    }

    private async Task<OpenAiError?> SendAsync(Exchange exchange, RelayGuard guard)
    {
        var sent = services.Time.GetTimestamp();
        if (exchange.Reservation is not null)
        {
            exchange.Tally.CountAttempt();
        }

        using var request = CreateRequest(exchange);
        using var host = await link.SendAsync(request, guard.Token);
        using var body = new PooledWriter(16 * 1024, services.Held);
        if (!await TryReadAsync(host, body, guard))
        {
            return OpenAiError.Overloaded("The answers under way hold as much memory as they may (Llm:MaxHeldBytes).", AskAgain);
        }

        var hostTime = services.Time.GetElapsedTime(sent);

        var record = exchange.Record;
        record.Overhead = record.Elapsed - hostTime;
        Settle(exchange, host, body);
        var response = exchange.Context.Response;
        response.StatusCode = (int)host.StatusCode;
        CopyHeaders(host, response.Headers);
        MorganHeaders.Set(response.Headers, HostName, 1, record.Overhead.Value);
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body.Memory, exchange.Context.RequestAborted);
        return null;
    }

    private HttpRequestMessage CreateRequest(Exchange exchange)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, link.UriFor("v1/embeddings"))
        {
            Content = new BodyContent(exchange.Body, []),
        };
        foreach (var (name, values) in exchange.Context.Request.Headers)
        {
            if ((name.StartsWith("x-morgan-", StringComparison.OrdinalIgnoreCase) && !name.Equals(TenantHeader, StringComparison.OrdinalIgnoreCase))
                || name.Equals("Cache-Control", StringComparison.OrdinalIgnoreCase)
                || name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase))
            {
                ForwardedHeaders.Add(request.Headers, name, values);
            }
        }

        request.Headers.TryAddWithoutValidation(TenantHeader, Uri.EscapeDataString(exchange.Caller.Tenant));
        request.Headers.TryAddWithoutValidation("x-request-id", exchange.RequestId);
        return request;
    }

    // False: there is no memory for it.
    private static async Task<bool> TryReadAsync(HttpResponseMessage host, PooledWriter body, RelayGuard guard)
    {
        await using var stream = await host.Content.ReadAsStreamAsync(guard.Token);
        while (body.TryMakeRoom())
        {
            var read = await guard.ReadAsync(stream, body.GetMemory());
            if (read == 0)
            {
                return true;
            }

            body.Advance(read);
            if (body.Length > LargestAnswer)
            {
                throw new IOException($"the answer is larger than {LargestAnswer} bytes");
            }
        }

        return false;
    }

    private static void CopyHeaders(HttpResponseMessage host, IHeaderDictionary headers)
    {
        ForwardedHeaders.CopyToClient(host, headers);
        foreach (var (name, values) in host.Headers.NonValidated)
        {
            if (name.StartsWith("x-morgan-", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = values.ToString();
            }
        }

        if (host.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type))
        {
            headers.ContentType = type.ToString();
        }
    }

    private static void Settle(Exchange exchange, HttpResponseMessage host, PooledWriter body)
    {
        var record = exchange.Record;
        if (host.StatusCode != HttpStatusCode.OK)
        {
            record.ErrorType = ((int)host.StatusCode).ToString(CultureInfo.InvariantCulture);
            return;
        }

        var answer = new AnswerReader();
        try
        {
            answer.Read(body.Span);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // passed on as it is; counted by Morgan
        }

        record.ResponseModel = answer.Model;
        exchange.Settle(answer.Usage ?? new TokenUsage(exchange.EstimatePrompt(), 0, Estimated: true));
    }

    private static OpenAiError Away(string message) => new(503, "server_error", "no_healthy_host", message) { RetryAfter = AskAgain };
}
