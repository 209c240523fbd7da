namespace Morgan.LlmService.Relay;

/// <summary>One server-sent event, taken apart as far as it matters here.</summary>
internal readonly ref struct SseEvent
{
    private SseEvent(ReadOnlySpan<byte> data, bool isError)
    {
        Data = data;
        IsError = isError;
    }

    /// <summary>The data; several data lines are joined by LF.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>Whether there is any: comments and empty data lines have none.</summary>
    public bool HasData => !Data.IsEmpty;

    /// <summary><c>event: error</c>, or llama.cpp's <c>error: {…}</c> in place of <c>data:</c>.</summary>
    public bool IsError { get; }

    /// <summary>Whether it is <c>data: [DONE]</c>.</summary>
    public bool IsDone => HasData && Data.SequenceEqual("[DONE]"u8);

    /// <summary>Reads the lines of <paramref name="raw"/>.</summary>
    /// <param name="raw">The event's bytes.</param>
    /// <param name="atStart">Whether they begin the stream: only there does a byte order mark stand for nothing.</param>
    public static SseEvent Parse(ReadOnlySpan<byte> raw, bool atStart = false)
    {
        if (atStart && raw.StartsWith("\uFEFF"u8))
        {
            raw = raw[3..];
        }

        ReadOnlySpan<byte> data = default;
        var lines = 0;
        var isError = false;
        var rest = raw;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (TryField(line, "data"u8, out var value))
            {
                data = lines++ == 0 ? value : Join(data, value);
            }
            else if (TryField(line, "event"u8, out value))
            {
                isError |= value.SequenceEqual("error"u8);
            }
            else if (TryField(line, "error"u8, out value))
            {
                data = value;
                isError = true;
                lines++;
            }
        }

        data = data.Trim((byte)' ');
        return new SseEvent(data, isError);
    }

    private static bool TryField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (line.Length > name.Length && line[name.Length] == (byte)':' && line.StartsWith(name))
        {
            value = line[(name.Length + 1)..];
            value = value is [(byte)' ', ..] ? value[1..] : value;
            return true;
        }

        value = default;
        return false;
    }

    // Several data lines in one event: no LLM host is known to send them, so this may allocate.
    private static ReadOnlySpan<byte> Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var joined = new byte[first.Length + 1 + second.Length];
        first.CopyTo(joined);
        joined[first.Length] = (byte)'\n';
        second.CopyTo(joined.AsSpan(first.Length + 1));
        return joined;
    }
}
