using Microsoft.AspNetCore.Http.Features;
using Morgan.LlmService.Envelope;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Endpoints;

/// <summary>A request as it has arrived: its body and envelope, or what is wrong with them.</summary>
internal sealed class Arrival : IDisposable
{
    private readonly RequestEnvelope _envelope;
    private RequestBody? _body;

    private Arrival(RequestBody? body, in RequestEnvelope envelope, OpenAiError? error) => (_body, _envelope, Error) = (body, envelope, error);

    /// <summary>The fields that Morgan acts on.</summary>
    public ref readonly RequestEnvelope Envelope => ref _envelope;

    /// <summary>What is wrong; null: nothing.</summary>
    public OpenAiError? Error { get; }

    /// <summary>The body, while it has not been taken.</summary>
    public RequestBody Body => _body!;

    /// <summary>Reads the body, at most <c>Llm:MaxRequestBytes</c> of it, and scans it.</summary>
    public static async ValueTask<Arrival> ReadAsync(HttpContext context, Operation operation, GatewayServices services)
    {
        var encoding = context.Request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !string.Equals(encoding[0], "identity", StringComparison.OrdinalIgnoreCase))
        {
            return new Arrival(null, default, new OpenAiError(415, "invalid_request_error", "unsupported_content_encoding",
                $"The request body is compressed ({encoding}); send it as it is."));
        }

        var limit = services.Options.Current.MaxRequestBytes;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = null; // this limit is the one that counts
        }

        var (body, refusal) = await RequestBody.ReadAsync(context.Request, limit, services.Held, context.RequestAborted);
        if (body is null)
        {
            return new Arrival(null, default, refusal);
        }

        var error = EnvelopeReader.Read(body.Span, operation, out var envelope, services.Options.Current.MaxMessages);
        return new Arrival(body, envelope, error);
    }

    /// <summary>Hands the body over to one who disposes it.</summary>
    public RequestBody TakeBody() => Interlocked.Exchange(ref _body, null)!;

    /// <inheritdoc/>
    public void Dispose() => _body?.Dispose();
}
