using System.Buffers;
using System.Text.Json;
using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Formats;
using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Relay;

/// <summary>Sends an answer in one piece once it is generated, unless a fault breaks it.</summary>
internal sealed class WholeAnswer(SimulatorStats stats, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly ReadOnlyMemory<byte> BrokenJson = "{'id': 'chatcmpl-0', 'choices': [None], 'usage': }"u8.ToArray();

    /// <summary>Generates and sends the answer.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task SendAsync(Exchange exchange)
    {
        await exchange.Pacer.WaitAsync(exchange.Reply.Steps, exchange.ClientGone);
        var body = Body(exchange);
        var response = exchange.Http.Response;
        response.ContentType = "application/json";
        switch (exchange.FaultKind)
        {
            case FaultKinds.Stall:
                response.ContentLength = body.Length;
                await WriteHalfAsync(exchange, body);
                await Wire.HangAsync(exchange.Http, lifetime.ApplicationStopping);
                return;
            case FaultKinds.Cut:
                response.ContentLength = body.Length;
                await WriteHalfAsync(exchange, body);
                await Wire.CloseAsync(exchange.Http, time);
                return;
            case FaultKinds.Reset:
                response.ContentLength = body.Length;
                await WriteHalfAsync(exchange, body);
                Wire.Reset(exchange.Http);
                return;
            case FaultKinds.TruncatedJson:
                await WriteHalfAsync(exchange, body);
                return;
            case FaultKinds.SplitUtf8:
                await SplitWriter.WriteAsync(response, body, time, exchange.ClientGone);
                break;
            default:
                response.ContentLength = body.Length;
                await response.BodyWriter.WriteAsync(body, exchange.ClientGone);
                break;
        }

        stats.AddTokensSent(exchange.Reply.Tokens);
    }

    private static ReadOnlyMemory<byte> Body(Exchange exchange)
    {
        switch (exchange.FaultKind)
        {
            case FaultKinds.ErrorIn200:
                return ScriptedError.ForStatus(500).ToJson();
            case FaultKinds.MalformedJson:
                return BrokenJson;
            default:
                var bytes = new ArrayBufferWriter<byte>(1024);
                using (var json = new Utf8JsonWriter(bytes, JsonText.WriterOptions))
                {
                    exchange.Reply.WriteJson(json);
                }

                return bytes.WrittenMemory;
        }
    }

    private static async Task WriteHalfAsync(Exchange exchange, ReadOnlyMemory<byte> body) =>
        await exchange.Http.Response.BodyWriter.WriteAsync(body[..(body.Length / 2)], exchange.ClientGone);
}
