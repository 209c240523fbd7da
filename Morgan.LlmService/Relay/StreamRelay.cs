using System.Buffers;
using Morgan.LlmService.Dispatch;
using Morgan.LlmService.Metering;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>
/// Answers with a stream. Its contract: bytes in order, each event as it comes; before the first data event failures go
/// unseen; after it nothing is sent again; it ends as the host ends it or with one error event, and never in silence.
/// </summary>
internal sealed class StreamRelay(Exchange exchange, UpstreamRequest request)
{
    /// <summary>Sends the request and relays what comes.</summary>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task RunAsync()
    {
        await using var client = new ClientStream(exchange.Context, exchange.Services.Time, exchange.Timeouts.KeepAliveComment);
        try
        {
            await using var result = await exchange.Services.Hosts.SendAsync(request, exchange.End);
            exchange.Record.Host = result.Host;
            exchange.Record.Attempts = result.Attempts;
            if (result.Kind == UpstreamResultKind.Accepted)
            {
                await RelayAsync(client, result);
            }
            else
            {
                await RefuseAsync(client, result);
            }
        }
        catch (OperationCanceledException) when (!exchange.ClientLeft && exchange.End.IsCancellationRequested)
        {
            await StopAsync(client);
        }
    }

    private async Task RelayAsync(ClientStream client, UpstreamResult result)
    {
        var attempt = (StreamAttempt)result.Attempt!;
        var outcome = AttemptOutcome.Cancelled;
        using var guard = new RelayGuard(exchange.Timeouts, exchange.Deadline, exchange.Services.Time, exchange.End);
        try
        {
            await CommitAsync(client, result, attempt);
            outcome = await PassAllAsync(client, attempt, guard);
            await client.CloseAsync();
            if (outcome.Kind != OutcomeKind.Success)
            {
                await EndAsync(client, attempt, Refusals.Interrupted(outcome, WithoutSecrets(result, attempt.Tracker.Error)));
            }
        }
        finally
        {
            Settle(result, attempt, outcome);
            result.Lease!.Complete(outcome);
            await client.CloseAsync();
            attempt.Dispose();
        }
    }

    private async Task CommitAsync(ClientStream client, UpstreamResult result, StreamAttempt attempt)
    {
        await client.EnterAsync();
        try
        {
            if (!client.IsOpen)
            {
                MorganHeaders.Set(exchange, result);
                ForwardedHeaders.CopyToClient(result.Response!, exchange.Context.Response.Headers);
                client.Open();
            }

            attempt.PassOpening(client.Output);
            exchange.ReleaseBody();
        }
        finally
        {
            client.Exit();
        }

        exchange.Record.FirstToken = exchange.Record.Elapsed;
    }

    private async ValueTask<AttemptOutcome> PassAllAsync(ClientStream client, StreamAttempt attempt, RelayGuard guard)
    {
        var last = attempt.First;
        while (true)
        {
            await client.EnterAsync();
            try
            {
                last = last == EventVerdict.Last ? last : attempt.Pass(client.Output);
                if (last == EventVerdict.Last)
                {
                    exchange.Settle(Counted(attempt.Tracker));
                }

                if (!await client.FlushAsync())
                {
                    exchange.FoundClientGone();
                    return AttemptOutcome.Cancelled;
                }
            }
            finally
            {
                client.Exit();
            }

            switch (last)
            {
                case EventVerdict.Last:
                    return AttemptOutcome.Success;
                case EventVerdict.Error or EventVerdict.Malformed:
                    return AttemptOutcome.Failed(FailureReason.ErrorInStream);
                default:
                    break;
            }

            try
            {
                if (!attempt.Take(await attempt.ReadAsync(guard)))
                {
                    return await EndOfHostAsync(client, attempt);
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
            {
                return guard.Explain(e);
            }
        }
    }

    // The host has ended its answer without saying that it is done.
    private static async Task<AttemptOutcome> EndOfHostAsync(ClientStream client, StreamAttempt attempt)
    {
        await client.EnterAsync();
        try
        {
            var rest = attempt.PassRest(client.Output);
            if (rest == EventVerdict.Last)
            {
                await client.FlushAsync();
                return AttemptOutcome.Success;
            }

            if (rest is EventVerdict.Error || !attempt.Tracker.IsComplete)
            {
                return AttemptOutcome.Failed(rest is EventVerdict.Error ? FailureReason.ErrorInStream : FailureReason.BrokenBody);
            }

            client.Output.Write("data: [DONE]\n\n"u8);
            await client.FlushAsync();
            return AttemptOutcome.Success;
        }
        finally
        {
            client.Exit();
        }
    }

    private async Task EndAsync(ClientStream client, StreamAttempt? attempt, OpenAiError error)
    {
        exchange.Record.ErrorType = error.Code;
        if (exchange.ClientLeft)
        {
            return;
        }

        if (attempt is { IsInsideEvent: true })
        {
            client.Output.Write("\n\n"u8);
        }

        if (exchange.Operation == Operation.Responses)
        {
            StreamEnd.WriteResponses(client.Output, error, (attempt?.Tracker as ResponsesTracker)?.NextSequenceNumber ?? 0);
        }
        else
        {
            StreamEnd.WriteChunks(client.Output, error, Counted(attempt?.Tracker));
        }

        await client.FlushAsync();
    }

    private async Task RefuseAsync(ClientStream client, UpstreamResult result)
    {
        await client.CloseAsync();
        if (!client.IsOpen)
        {
            await ErrorRelay.WriteAsync(exchange, result);
            return;
        }

        var said = await ErrorRelay.ReadErrorAsync(exchange, result);
        await EndAsync(client, null, Refusals.InStream(result, said));
    }

    private async Task StopAsync(ClientStream client)
    {
        await client.CloseAsync();
        var error = Refusals.Stopping();
        exchange.Record.ErrorType = error.Code;
        await (client.IsOpen ? EndAsync(client, null, error) : error.WriteAsync(exchange.Context));
    }

    private void Settle(UpstreamResult result, StreamAttempt attempt, AttemptOutcome outcome)
    {
        var (record, tracker) = (exchange.Record, attempt.Tracker);
        record.ResponseId = tracker.ResponseId;
        record.ResponseModel = tracker.ResponseModel;
        record.FinishReason = tracker.FinishReason;
        exchange.Settle(Counted(tracker));
        if (outcome.Kind == OutcomeKind.Cancelled && exchange.ClientLeft)
        {
            record.ErrorType = "client_closed_request";
        }

        if (tracker.Usage is not null && exchange.Envelope.IncludeUsage)
        {
            exchange.Services.StreamUsage.Saw(result.Host!);
        }

        if (exchange.Operation == Operation.Responses && tracker.ResponseId is { } id)
        {
            exchange.Services.ResponseOwners.Remember(id, result.Host!);
        }
    }

    private static HostError? WithoutSecrets(UpstreamResult result, HostError? said) =>
        said?.Message is { } message && HostSecrets.AreIn(result.Response!, message) ? null : said;

    private TokenUsage Counted(StreamTracker? tracker) =>
        tracker?.Usage ?? new TokenUsage(exchange.EstimatePrompt(), tracker?.Deltas ?? 0, Estimated: true);
}
