using System.Buffers;
using Morgan.LlmService.Dispatch;
using Morgan.LlmService.Metering;
using Morgan.ServiceDefaults.Errors;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>Answers with one JSON body.</summary>
internal sealed class WholeRelay(Exchange exchange, UpstreamRequest request)
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Sends the request and passes the answer on.</summary>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task RunAsync()
    {
        try
        {
            await using var result = await exchange.Services.Hosts.SendAsync(request, exchange.End);
            exchange.Record.Host = result.Host;
            exchange.Record.Attempts = result.Attempts;
            await (result.Kind == UpstreamResultKind.Accepted ? RelayAsync(result) : ErrorRelay.WriteAsync(exchange, result));
        }
        catch (OperationCanceledException) when (!exchange.ClientLeft && exchange.End.IsCancellationRequested)
        {
            var error = OpenAiError.Overloaded("The gateway is stopping.", TimeSpan.FromSeconds(1));
            exchange.Record.ErrorType = error.Code;
            await error.WriteAsync(exchange.Context);
        }
    }

    private async Task RelayAsync(UpstreamResult result)
    {
        var attempt = (WholeAttempt)result.Attempt!;
        var outcome = AttemptOutcome.Cancelled;
        try
        {
            Settle(result, attempt);
            MorganHeaders.Set(exchange, result);
            var (host, response) = (result.Response!, exchange.Context.Response);
            response.StatusCode = (int)host.StatusCode;
            ForwardedHeaders.CopyToClient(host, response.Headers);
            response.ContentType = HostAnswer.ContentType(host, "application/json");
            response.ContentLength = attempt.IsWhole ? attempt.Body.Length : host.Content.Headers.ContentLength;
            outcome = attempt.IsWhole ? AttemptOutcome.Success : outcome;
            await response.BodyWriter.WriteAsync(attempt.Body, exchange.Context.RequestAborted);
            if (!attempt.IsWhole)
            {
                outcome = await PassRestAsync(attempt);
            }
        }
        finally
        {
            result.Lease!.Complete(outcome);
            attempt.Dispose();
        }
    }

    // The answer is too large to be held, so it is committed; if it breaks off, so does the client's, and is seen to.
    private async Task<AttemptOutcome> PassRestAsync(WholeAttempt attempt)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        using var guard = new RelayGuard(exchange.Timeouts, exchange.Deadline, exchange.Services.Time, exchange.End);
        try
        {
            int read;
            var left = exchange.Services.Options.Current.MaxAnswerBytes - attempt.Body.Length;
            while ((read = await attempt.ReadMoreAsync(buffer, guard)) > 0)
            {
                left -= read;
                if (left < 0)
                {
                    throw new IOException("the answer is larger than Llm:MaxAnswerBytes");
                }

                await exchange.Context.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), exchange.Context.RequestAborted);
            }

            return AttemptOutcome.Success;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            var outcome = guard.Explain(e);
            exchange.Record.ErrorType = outcome.Kind == OutcomeKind.Cancelled ? "client_closed_request" : "bad_upstream_response";
            exchange.Context.Abort();
            return outcome;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Settle(UpstreamResult result, WholeAttempt attempt)
    {
        var (record, answer) = (exchange.Record, attempt.Answer);
        record.ResponseId = answer.Id;
        record.ResponseModel = answer.Model;
        record.FinishReason = answer.FinishReason;
        record.Content?.Add(attempt.Body.Span);
        exchange.Settle(answer.Usage ?? new TokenUsage(exchange.EstimatePrompt(), EstimateOutput(attempt), Estimated: true));
        if (exchange.Operation == Operation.Responses && answer.Id is { } id)
        {
            exchange.Services.ResponseOwners.Remember(id, result.Host!);
        }
    }

    private long EstimateOutput(WholeAttempt attempt) =>
        exchange.Operation == Operation.Embeddings ? 0 : TextTokens.OfBytes(attempt.Body.Length);
}
