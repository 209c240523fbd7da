using System.Diagnostics;
using System.Net.Sockets;

namespace Morgan.Tests.Chaos.Wire;

/// <summary>An HTTP client that sees every byte: no pooled connection, no retry, nothing repaired.</summary>
internal static class RawClient
{
    private const int PieceSize = 64 * 1024;

    /// <summary>Posts and reads until the connection ends, <paramref name="patience"/> does, or it is told to <paramref name="leave"/>.</summary>
    public static async Task<RawAnswer> PostAsync(
        Uri address, string path, IReadOnlyDictionary<string, string> headers, byte[] body, TimeSpan patience, CancellationToken leave = default)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var end = CancellationTokenSource.CreateLinkedTokenSource(leave);
        using var bytes = new MemoryStream();
        end.CancelAfter(patience);
        var began = Stopwatch.GetTimestamp();
        RawEnd how;
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, end.Token);
            await socket.SendAsync(RawHttp.Request(address, path, headers, body), end.Token);
            how = await ReadAsync(socket, bytes, end.Token);
        }
        catch (SocketException)
        {
            how = RawEnd.Reset;
        }
        catch (OperationCanceledException)
        {
            how = leave.IsCancellationRequested ? RawEnd.Left : RawEnd.Hang;
        }

        return RawHttp.Read(bytes.ToArray(), how, Stopwatch.GetElapsedTime(began));
    }

    private static async Task<RawEnd> ReadAsync(Socket socket, MemoryStream bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[PieceSize];
        while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
        }

        return RawEnd.Whole;
    }
}
