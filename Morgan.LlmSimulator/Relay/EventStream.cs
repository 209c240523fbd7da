using System.Text;
using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Formats;
using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Relay;

/// <summary>Sends an answer as server-sent events, each flushed when it is due, and lets faults break in between.</summary>
internal sealed class EventStream(SimulatorStats stats, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const string BrokenData = "data: {\"choices\":[{\"delta\":{\"content\": None}]\n\n";

    /// <summary>Sends the whole stream, or as much of it as the fault lets through.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public async Task SendAsync(Exchange exchange)
    {
        var response = exchange.Http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        int sent = 0;
        bool faulted = false;
        foreach (var next in exchange.Reply.Events())
        {
            if (!faulted && exchange.Fault is { } fault && (sent >= fault.AfterEvents || next.IsLast))
            {
                faulted = true;
                if (await EndsAsync(exchange, next))
                {
                    return;
                }
            }

            await exchange.Pacer.WaitAsync(next.Step, exchange.ClientGone);
            await WriteAsync(exchange, next.Bytes);
            stats.AddTokensSent(next.Tokens);
            sent++;
            if (next.IsLast && exchange.FaultKind == FaultKinds.DuplicateDone)
            {
                await WriteAsync(exchange, next.Bytes);
            }
        }
    }

    /// <summary>Lets the fault happen. True if it is the end of the response.</summary>
    private async Task<bool> EndsAsync(Exchange exchange, StreamEvent next)
    {
        var context = exchange.Http;
        switch (exchange.FaultKind)
        {
            case FaultKinds.Stall:
                await context.Response.BodyWriter.FlushAsync(exchange.ClientGone);
                await Wire.HangAsync(context, lifetime.ApplicationStopping);
                return true;
            case FaultKinds.Cut:
                await context.Response.BodyWriter.FlushAsync(exchange.ClientGone);
                return true;
            case FaultKinds.Reset:
                await context.Response.BodyWriter.FlushAsync(exchange.ClientGone);
                Wire.Reset(context);
                return true;
            case FaultKinds.ErrorIn200:
                await exchange.Pacer.WaitAsync(next.Step, exchange.ClientGone);
                await WriteAsync(exchange, exchange.Reply.ErrorEvents(ScriptedError.ForStatus(500)));
                return true;
            case FaultKinds.TruncatedJson:
                await exchange.Pacer.WaitAsync(next.Step, exchange.ClientGone);
                await WriteAsync(exchange, next.Bytes[..(next.Bytes.Length / 2)]);
                return true;
            case FaultKinds.MalformedJson:
                await exchange.Pacer.WaitAsync(next.Step, exchange.ClientGone);
                await WriteAsync(exchange, BrokenEvent(exchange.Reply.TextEventName));
                return false;
            default:
                return false;
        }
    }

    private static byte[] BrokenEvent(string? name) => Encoding.UTF8.GetBytes(name is null ? BrokenData : $"event: {name}\n{BrokenData}");

    private ValueTask WriteAsync(Exchange exchange, ReadOnlyMemory<byte> bytes) =>
        exchange.FaultKind == FaultKinds.SplitUtf8
            ? SplitWriter.WriteAsync(exchange.Http.Response, bytes, time, exchange.ClientGone)
            : FlushAsync(exchange.Http.Response, bytes, exchange.ClientGone);

    private static async ValueTask FlushAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken clientGone) =>
        await response.BodyWriter.WriteAsync(bytes, clientGone);
}
