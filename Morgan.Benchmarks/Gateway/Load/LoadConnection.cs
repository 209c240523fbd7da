using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Morgan.Benchmarks.Gateway.Load;

/// <summary>
/// One HTTP/1.1 connection that sends the same request again and again and checks each answer: status 200, or a refusal
/// where the request may be refused, every byte there, and a stream's last event. It costs far less than any of the servers.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly byte[] EndOfStream = [.. "data: [DONE]\n\n"u8];

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly byte[] _tail = new byte[EndOfStream.Length];
    private readonly LoadRequest _expected;
    private int _start;
    private int _end;

    private LoadConnection(LoadRequest request, Uri server)
    {
        _expected = request;
        _request = Encoding.UTF8.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\nAccept: */*\r\n"
            + $"User-Agent: morgan-benchmarks\r\nAuthorization: Bearer {request.Key}\r\n{request.Headers}Content-Length: {Encoding.UTF8.GetByteCount(request.Body)}\r\n\r\n{request.Body}");
    }

    /// <summary>Connects.</summary>
    public static async Task<LoadConnection> OpenAsync(LoadRequest request, Uri server)
    {
        var connection = new LoadConnection(request, server);
        await connection._socket.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Sends the request and reads the whole answer.</summary>
    /// <param name="arrivals">Gets the timestamp of each chunk.</param>
    /// <returns>Whether it was answered; otherwise it was refused.</returns>
    /// <exception cref="InvalidDataException">The answer is not what it must be.</exception>
    public async ValueTask<bool> ExchangeAsync(List<long>? arrivals = null)
    {
        await _socket.SendAsync(_request);
        var (isAnswer, length) = await ReadHeadAsync();
        Array.Clear(_tail);
        var body = length >= 0 ? await TakeAsync(length) : await ReadChunksAsync(arrivals);
        if (!isAnswer)
        {
            return false;
        }

        if (body != _expected.AnswerLength)
        {
            throw new InvalidDataException($"the answer has {body} bytes instead of {_expected.AnswerLength}");
        }

        if (_expected.IsStream && !_tail.AsSpan().SequenceEqual(EndOfStream))
        {
            throw new InvalidDataException("the stream does not end with [DONE]");
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // A length of -1: the body comes in chunks.
    private async ValueTask<(bool IsAnswer, int Length)> ReadHeadAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReadAsync();
        }

        var head = _buffer.AsSpan(_start, end + 2);
        var isAnswer = head.StartsWith("HTTP/1.1 200 "u8);
        var isRefusal = head.StartsWith("HTTP/1.1 429 "u8) || head.StartsWith("HTTP/1.1 503 "u8);
        if (!isAnswer && !(isRefusal && _expected.MayBeRefused))
        {
            throw new InvalidDataException(Encoding.UTF8.GetString(_buffer.AsSpan(_start, _end - _start)));
        }

        _start += end + 4;
        return (isAnswer, LengthIn(head));
    }

    // Field names come in any case.
    private static int LengthIn(ReadOnlySpan<byte> head)
    {
        var name = "content-length:"u8;
        for (int end; (end = head.IndexOf("\r\n"u8)) >= 0; head = head[(end + 2)..])
        {
            if (end > name.Length && Ascii.EqualsIgnoreCase(head[..name.Length], name)
                && Utf8Parser.TryParse(head[name.Length..end].TrimStart((byte)' '), out int length, out _))
            {
                return length;
            }
        }

        return -1;
    }

    private async ValueTask<int> ReadChunksAsync(List<long>? arrivals)
    {
        var total = 0;
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
            {
                await ReadAsync();
            }

            if (!Utf8Parser.TryParse(_buffer.AsSpan(_start, end), out int length, out _, 'x'))
            {
                throw new InvalidDataException("a chunk without a length");
            }

            _start += end + 2;
            arrivals?.Add(Stopwatch.GetTimestamp());
            total += await TakeAsync(length);
            await TakeAsync(2, isBody: false);
            if (length == 0)
            {
                return total;
            }
        }
    }

    private async ValueTask<int> TakeAsync(int length, bool isBody = true)
    {
        for (var left = length; left > 0;)
        {
            if (_start == _end)
            {
                await ReadAsync();
            }

            var piece = Math.Min(left, _end - _start);
            if (isBody)
            {
                Remember(_buffer.AsSpan(_start, piece));
            }

            _start += piece;
            left -= piece;
        }

        return length;
    }

    private void Remember(ReadOnlySpan<byte> piece)
    {
        var kept = Math.Max(0, _tail.Length - piece.Length);
        _tail.AsSpan(_tail.Length - kept).CopyTo(_tail);
        piece[^(_tail.Length - kept)..].CopyTo(_tail.AsSpan(kept));
    }

    private async ValueTask ReadAsync()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (read == 0)
        {
            throw new InvalidDataException("the connection was closed inside an answer");
        }

        _end += read;
    }
}
