using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Morgan.Benchmarks.Load;

/// <summary>
/// An HTTP/1.1 connection that sends requests as they are and counts the bytes of the answers: on a small machine a
/// whole HTTP client would cost more than the server that is measured.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[BufferBytes];

    private static ReadOnlySpan<byte> Ok => "HTTP/1.1 200 "u8;

    private static ReadOnlySpan<byte> Length => "\r\nContent-Length: "u8;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Connects.</summary>
    public static async Task<RawConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server, cancellationToken);
        return connection;
    }

    /// <summary>A request that posts JSON, as it goes over the wire.</summary>
    public static byte[] Post(string path, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var head = FormattableString.Invariant(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>Sends a request and reads the whole answer, which must be 200 and say its length.</summary>
    /// <returns>The answer's body, valid until the next call where it fits into the buffer; else only its end.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        var (filled, head) = (0, -1);
        while (head < 0)
        {
            filled += await ReceiveAsync(_buffer.AsMemory(filled), cancellationToken);
            head = _buffer.AsSpan(0, filled).IndexOf(EndOfHead);
        }

        var body = head + EndOfHead.Length;
        var missing = body + BodyLength(_buffer.AsSpan(0, body)) - filled;
        while (missing > 0)
        {
            if (filled == _buffer.Length)
            {
                (filled, body) = (0, 0);
            }

            var read = await ReceiveAsync(_buffer.AsMemory(filled, Math.Min(missing, _buffer.Length - filled)), cancellationToken);
            (filled, missing) = (filled + read, missing - read);
        }

        return _buffer.AsMemory(body, filled - body);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) =>
        await _socket.ReceiveAsync(into, cancellationToken) is var read and > 0 ? read : throw new BenchmarkException("the server closed the connection");

    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf(Length);
        return head.StartsWith(Ok) && at >= 0 && Utf8Parser.TryParse(head[(at + Length.Length)..], out int length, out _)
            ? length
            : throw new BenchmarkException($"not an answer with status 200 and a length: {Encoding.ASCII.GetString(head)}");
    }
}
