using Morgan.LlmService.Envelope;

namespace Morgan.LlmService.Dispatch;

/// <summary>Writes a client's request for one host: the body byte for byte, but for the model's name and the wish for usage.</summary>
internal static class HostRequest
{
    /// <summary>The request; credentials are added by the engine.</summary>
    /// <param name="exchange">The client's request.</param>
    /// <param name="host">Where it goes.</param>
    /// <param name="model">The host's name of the model; null: as the client wrote it.</param>
    /// <param name="askUsage">Whether to ask for a stream's usage although the client did not.</param>
    public static HttpRequestMessage Create(Exchange exchange, Host host, string? model, bool askUsage)
    {
        Span<BodyEdit> edits = [default, default];
        var count = 0;
        var envelope = exchange.Envelope;
        if (model is not null && envelope.ModelRange.IsPresent && !model.Equals(envelope.Model, StringComparison.Ordinal))
        {
            edits[count++] = new BodyEdit(envelope.ModelRange.Start, envelope.ModelRange.Length, JsonNames.Quote(model));
        }

        if (askUsage)
        {
            edits[count++] = AskUsage(envelope);
            if (count == 2 && edits[1].Start < edits[0].Start)
            {
                (edits[0], edits[1]) = (edits[1], edits[0]);
            }
        }

        var request = new HttpRequestMessage(HttpMethod.Post, HostPath.Of(host, exchange.Operation, model))
        {
            Content = new BodyContent(exchange.Body, edits[..count]),
        };
        ForwardedHeaders.CopyToHost(exchange.Context.Request.Headers, request.Headers);
        request.Headers.TryAddWithoutValidation("x-request-id", exchange.RequestId);
        return request;
    }

    // The body is an object with at least a model, so a comma before a new property is right.
    private static BodyEdit AskUsage(in RequestEnvelope envelope)
    {
        if (envelope.IncludeUsageRange.IsPresent)
        {
            return new BodyEdit(envelope.IncludeUsageRange.Start, envelope.IncludeUsageRange.Length, True);
        }

        return envelope.StreamOptions.IsPresent
            ? new BodyEdit(envelope.StreamOptions.Start, envelope.StreamOptions.Length, Options)
            : new BodyEdit(envelope.ClosingBrace, 0, Property);
    }

    private static readonly byte[] True = [.. "true"u8];
    private static readonly byte[] Options = [.. "{\"include_usage\":true}"u8];
    private static readonly byte[] Property = [.. ",\"stream_options\":{\"include_usage\":true}"u8];
}
