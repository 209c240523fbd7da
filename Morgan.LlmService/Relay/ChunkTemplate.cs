using Morgan.LlmService.Envelope;

namespace Morgan.LlmService.Relay;

/// <summary>
/// The last chunk of a stream that held a piece of text. The chunks after it mostly differ in that piece alone, so that
/// what is around it is compared and need not be parsed again:
/// <code>{"id":"…","choices":[{"index":0,"delta":{"content":"|Hel|"},"finish_reason":null}],"usage":null}</code>
/// </summary>
internal struct ChunkTemplate
{
    private const int LargestChunk = 1024;

    private byte[]? _bytes;
    private int _length;
    private ByteRange _text;
    private ByteRange _trim;

    /// <summary>Takes over a chunk that was parsed.</summary>
    /// <param name="chunk">Its data.</param>
    /// <param name="text">Where the text is in it, without the quotes.</param>
    /// <param name="trim">What the client does not get of it.</param>
    public void Learn(ReadOnlySpan<byte> chunk, ByteRange text, ByteRange trim)
    {
        if (chunk.Length > LargestChunk)
        {
            return;
        }

        if (_bytes is null || _bytes.Length < chunk.Length)
        {
            _bytes = new byte[chunk.Length];
        }

        chunk.CopyTo(_bytes);
        (_length, _text, _trim) = (chunk.Length, text, trim);
    }

    /// <summary>
    /// Whether a chunk is the one that was learnt with another text, which is not empty and needs no unescaping.
    /// </summary>
    /// <param name="chunk">Its data.</param>
    /// <param name="trim">What the client does not get of it.</param>
    public readonly bool Matches(ReadOnlySpan<byte> chunk, out ByteRange trim)
    {
        var longer = chunk.Length - _length;
        trim = _trim.Start < _text.End ? _trim : new ByteRange(_trim.Start + longer, _trim.Length);
        var end = _text.End + longer;
        return _bytes is not null
            && end > _text.Start
            && chunk[..(_text.Start)].SequenceEqual(_bytes.AsSpan(0, _text.Start))
            && chunk[end..].SequenceEqual(_bytes.AsSpan(_text.End, _length - _text.End))
            && IsPlain(chunk[_text.Start..end]);
    }

    // No quote, no backslash, no control character.
    private static bool IsPlain(ReadOnlySpan<byte> text) =>
        !text.ContainsAny((byte)'"', (byte)'\\') && !text.ContainsAnyInRange((byte)0, (byte)0x1f);
}
