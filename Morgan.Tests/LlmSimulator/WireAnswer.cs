using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Morgan.Tests.LlmSimulator;

/// <summary>What a response was on the wire: its bytes and how the connection ended.</summary>
internal sealed class WireAnswer
{
    private readonly byte[] _bytes;
    private readonly int _bodyStart;

    private WireAnswer(byte[] bytes, WireEnd end)
    {
        (_bytes, End) = (bytes, end);
        int head = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Head = head < 0 ? "" : Encoding.ASCII.GetString(bytes, 0, head);
        _bodyStart = head < 0 ? bytes.Length : head + 4;
        ReadBody();
    }

    /// <summary>How the connection ended.</summary>
    public WireEnd End { get; }

    /// <summary>Status line and headers; empty if none came.</summary>
    public string Head { get; }

    /// <summary>The HTTP chunks, in order; a body with a length is one.</summary>
    public List<byte[]> Chunks { get; } = [];

    /// <summary>Whether the body ended as HTTP wants it: the last chunk came, or as many bytes as promised.</summary>
    public bool IsWhole { get; private set; }

    public string Body => Encoding.UTF8.GetString([.. Chunks.SelectMany(c => c)]);

    /// <summary>Data of the events, where the body is an event stream.</summary>
    public IReadOnlyList<string> Events => [.. Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e["data: ".Length..])];

    public static async Task<WireAnswer> PostAsync(Uri address, string path, string body)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, cancel);
        await socket.SendAsync(Request(address, path, body), cancel);
        using var bytes = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            while (await socket.ReceiveAsync(buffer, cancel) is > 0 and var count)
            {
                bytes.Write(buffer, 0, count);
            }

            return new WireAnswer(bytes.ToArray(), WireEnd.Closed);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return new WireAnswer(bytes.ToArray(), WireEnd.Reset);
        }
    }

    public static byte[] Request(Uri address, string path, string body) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    private void ReadBody()
    {
        const string Length = "Content-Length: ";
        int length = Head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (length >= 0)
        {
            int promised = int.Parse(Head[(length + Length.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
            Chunks.Add(_bytes[_bodyStart..]);
            IsWhole = Chunks[0].Length == promised;
            return;
        }

        for (int at = _bodyStart; at < _bytes.Length;)
        {
            int line = _bytes.AsSpan(at).IndexOf("\r\n"u8);
            int size = int.Parse(Encoding.ASCII.GetString(_bytes, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                IsWhole = true;
                return;
            }

            at += line + 2;
            Chunks.Add(_bytes[at..(at + size)]);
            at += size + 2;
        }
    }
}
