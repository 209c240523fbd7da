using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Waiting;
using Morgan.LlmService.Relay;
using Morgan.LlmService.Routing;
using Morgan.LlmService.Telemetry;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;

namespace Morgan.LlmService.Endpoints;

/// <summary>Takes a request through its stages: envelope, route, admission, attempts, relay, settlement.</summary>
internal sealed class GenerationEndpoint(GatewayServices services, ModelResolver models)
{
    /// <summary>Serves a request whose body has not been read.</summary>
    public Task HandleAsync(HttpContext context, Operation operation)
    {
        var arrival = Arrival.ReadAsync(context, operation, services);
        return arrival.IsCompletedSuccessfully
            ? HandleAsync(context, operation, arrival.Result) // most bodies come with their head
            : HandleAsync(context, operation, arrival);
    }

    /// <summary>Serves a request whose envelope is known, or says what is wrong with it.</summary>
    public async Task HandleAsync(HttpContext context, Operation operation, Arrival arrival)
    {
        using var untilTaken = arrival;
        if (arrival.Error is { } wrong)
        {
            await wrong.WriteAsync(context);
            return;
        }

        if (arrival.Envelope.Model is not { } model)
        {
            await OpenAiError.MissingParameter("model").WriteAsync(context);
            return;
        }

        var caller = context.Features.Get<Caller>()!;
        var (tiers, error) = await models.FindAsync(model, caller, context.RequestAborted);
        if (tiers is null)
        {
            await error!.WriteAsync(context);
            return;
        }

        using var record = new ExchangeRecord(services.Telemetry, services.Time, operation, model, arrival.Envelope.Stream);
        using var exchange = new Exchange(context, operation, arrival, services) { Record = record };
        record.CapturePrompt(exchange.Envelope.Prompt.Of(exchange.Body.Span));
        (exchange.Reservation, error) = await ReserveAsync(exchange, caller, model, tiers[0].Candidates[0].Model ?? model);
        if (error is not null)
        {
            record.ErrorType = error.Code;
            await error.WriteAsync(context);
            return;
        }

        await SendAsync(exchange, await Affinity.ApplyAsync(exchange, tiers));
    }

    private async Task HandleAsync(HttpContext context, Operation operation, ValueTask<Arrival> arrival) =>
        await HandleAsync(context, operation, await arrival);

    private static Task SendAsync(Exchange exchange, IReadOnlyList<Tier> tiers)
    {
        var request = new UpstreamRequest
        {
            Tiers = tiers,
            Attempts = exchange,
            Deadline = exchange.Deadline,
            Streamed = exchange.Envelope.Stream,
            PrefixHash = exchange.PrefixHash(),
            Flow = exchange.Caller.Tenant,
            Observer = exchange.Reservation is null ? null : exchange.Tally,
        };
        return exchange.Envelope.Stream
            ? new StreamRelay(exchange, request).RunAsync()
            : new WholeRelay(exchange, request).RunAsync();
    }

    private async ValueTask<(Reservation? Reservation, OpenAiError? Error)> ReserveAsync(
        Exchange exchange, Caller caller, string model, string hostModel)
    {
        var limits = services.Limits;
        if (!limits.Concern(caller))
        {
            return default;
        }

        var (patience, error) = Patience.Of(exchange.Context.Request, exchange.Deadline);
        if (error is not null)
        {
            return (null, error);
        }

        var output = exchange.Operation == Operation.Embeddings ? 0
            : exchange.Envelope.MaxOutputTokens ?? limits.DefaultOutput(caller);
        var prompt = limits.CountTokens(caller) ? exchange.CountPrompt(hostModel) : exchange.EstimatePrompt();
        try
        {
            return await limits.ReserveAsync(caller, model, prompt + output, patience, exchange.End);
        }
        catch (OperationCanceledException) when (!exchange.ClientLeft)
        {
            return (null, Refusals.Stopping());
        }
    }
}
