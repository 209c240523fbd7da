using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Morgan.LlmSimulator.Relay;

/// <summary>What a connection can suffer below HTTP.</summary>
internal static class Wire
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a request, hangs and clients that don't read included; then the connection is reset.</summary>
    public static readonly TimeSpan LongestExchange = TimeSpan.FromHours(1);

    /// <summary>
    /// A Kestrel write buffer (bytes) so small that a flush ends when the kernel has the bytes, not when Kestrel has:
    /// else a reset would overtake the events before it.
    /// </summary>
    public const int WriteBufferBytes = 1;

    /// <summary>Resets the connection (RST).</summary>
    public static void Reset(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }

    /// <summary>Closes our side of the connection in good order (FIN) though the response isn't whole, and lets the client close its own.</summary>
    public static async Task CloseAsync(HttpContext context, TimeProvider time)
    {
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
