using System.Globalization;
using System.Text;

namespace Morgan.Tests.Chaos.Wire;

/// <summary>Takes the bytes of one HTTP/1.1 answer apart, forgiving nothing.</summary>
internal static class RawHttp
{
    /// <summary>The bytes of a POST that asks for the connection to be closed.</summary>
    public static byte[] Request(Uri address, string path, IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>What came, read as an answer. <paramref name="end"/> is what the connection came to.</summary>
    public static RawAnswer Read(byte[] bytes, RawEnd end, TimeSpan elapsed)
    {
        var headEnd = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return new RawAnswer(0, new Dictionary<string, string>(), [], end == RawEnd.Whole ? RawEnd.Truncated : end, 0, elapsed);
        }

        var lines = Encoding.Latin1.GetString(bytes, 0, headEnd).Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var rest = bytes.AsSpan(headEnd + 4);
        var (body, taken, isWhole) = Body(rest, headers, end);
        // A body that is whole is whole, whatever becomes of the connection after it.
        var ended = isWhole ? RawEnd.Whole : end == RawEnd.Whole ? RawEnd.Truncated : end;
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        return new RawAnswer(status, headers, body, ended, isWhole ? rest.Length - taken : 0, elapsed);
    }

    private static (byte[] Body, int Taken, bool IsWhole) Body(ReadOnlySpan<byte> rest, Dictionary<string, string> headers, RawEnd end)
    {
        if (headers.GetValueOrDefault("transfer-encoding", "").Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return Chunks(rest);
        }

        if (headers.TryGetValue("content-length", out var text))
        {
            var length = int.Parse(text, CultureInfo.InvariantCulture);
            return (rest[..Math.Min(length, rest.Length)].ToArray(), length, rest.Length >= length);
        }

        return (rest.ToArray(), rest.Length, end == RawEnd.Whole);
    }

    private static (byte[] Body, int Taken, bool IsWhole) Chunks(ReadOnlySpan<byte> rest)
    {
        using var body = new MemoryStream();
        for (var at = 0; ;)
        {
            var line = rest[at..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return (body.ToArray(), at, false);
            }

            var size = int.Parse(Encoding.ASCII.GetString(rest.Slice(at, line)).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            if (size == 0)
            {
                return (body.ToArray(), at + 2, rest.Length >= at + 2);
            }

            if (rest.Length < at + size + 2)
            {
                body.Write(rest[at..Math.Min(rest.Length, at + size)]);
                return (body.ToArray(), rest.Length, false);
            }

            body.Write(rest.Slice(at, size));
            at += size + 2;
        }
    }
}
