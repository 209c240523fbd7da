using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Morgan.LlmSimulator.Relay;

/// <summary>What a connection can suffer below HTTP.</summary>
internal static class Wire
{
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a request, hangs and clients that don't read included; then the connection is reset.</summary>
    public static readonly TimeSpan LongestExchange = TimeSpan.FromHours(1);

    /// <summary>Resets the connection (RST), after what was written has gone out.</summary>
    public static async Task ResetAsync(HttpContext context, TimeProvider time)
    {
        if (context.Response.HasStarted)
        {
            // Kestrel's flush ends in its own pipe; a reset right after it would overtake the bytes.
            await Task.Delay(FlushTime, time, CancellationToken.None);
        }

        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }

    /// <summary>Closes our side of the connection in good order (FIN) though the response isn't whole, and lets the client close its own.</summary>
    public static async Task CloseAsync(HttpContext context, TimeProvider time)
    {
        await Task.Delay(FlushTime, time, CancellationToken.None);
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
        try
        {
            await Task.Delay(CloseTime, time, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has closed too, as it should.
        }

        context.Abort();
    }

    /// <summary>Does nothing until the client leaves; a host that stops resets the connection.</summary>
    /// <exception cref="OperationCanceledException">The connection is no more.</exception>
    public static async Task HangAsync(HttpContext context, CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static context => ((HttpContext)context!).Abort(), context);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }
}
