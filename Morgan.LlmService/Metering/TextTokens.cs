using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.ML.Tokenizers;

namespace Morgan.LlmService.Metering;

/// <summary>
/// Counts the tokens of texts: with a tokenizer as far as <see cref="MostCounted"/>, what is beyond in the proportion seen
/// until then; without one, four bytes to a token.
/// </summary>
internal ref struct TextTokens(Tokenizer? tokenizer)
{
    /// <summary>Characters that are counted one by one: some milliseconds' work.</summary>
    public const int MostCounted = 16 * 1024;

    private const int BytesPerToken = 4;

    // Counting a run without spaces takes time with the square of its length, so it is cut.
    private const int Piece = 256;
    private const int LargestEscaped = 64 * 1024;

    private long _bytes;
    private long _countedBytes;
    private long _counted;
    private int _chars;

    /// <summary>The tokens of all that was added.</summary>
    public readonly long Sum => _countedBytes == 0
        ? OfBytes(_bytes)
        : _counted + ((_counted * (_bytes - _countedBytes)) + _countedBytes - 1) / _countedBytes;

    /// <summary>The tokens of so much text, when nothing else is known of it.</summary>
    public static long OfBytes(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    /// <summary>Adds the string that <paramref name="reader"/> stands at.</summary>
    public void Add(ref Utf8JsonReader reader)
    {
        _bytes += reader.ValueSpan.Length;
        var room = MostCounted - _chars;
        if (tokenizer is null || room == 0 || reader.ValueSpan.IsEmpty)
        {
            return;
        }

        var unescape = reader.ValueIsEscaped && reader.ValueSpan.Length <= LargestEscaped;
        var chars = ArrayPool<char>.Shared.Rent(unescape ? reader.ValueSpan.Length : Math.Min(room, reader.ValueSpan.Length));
        try
        {
            var (length, bytes) = unescape
                ? (reader.CopyString(chars), reader.ValueSpan.Length)
                : Transcode(reader.ValueSpan, chars.AsSpan(0, Math.Min(room, chars.Length)));
            _counted += Count(chars.AsSpan(0, length));
            _countedBytes += bytes;
            _chars += Math.Min(room, length);
        }
        catch (InvalidOperationException)
        {
            // "\ud800": half a character. Whether that is a prompt is the host's business.
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    private static (int Chars, int Bytes) Transcode(ReadOnlySpan<byte> utf8, Span<char> chars)
    {
        Utf8.ToUtf16(utf8, chars, out var read, out var written);
        return (written, read);
    }

    private readonly long Count(ReadOnlySpan<char> text)
    {
        long tokens = 0;
        while (!text.IsEmpty)
        {
            var length = Cut(text);
            tokens += tokenizer!.CountTokens(text[..length]);
            text = text[length..];
        }

        return tokens;
    }

    // Before a space, which belongs to the token that follows it; else anywhere, but not inside a character.
    private static int Cut(ReadOnlySpan<char> text)
    {
        if (text.Length <= Piece)
        {
            return text.Length;
        }

        var space = text[..Piece].LastIndexOf(' ');
        return space > 0 ? space : char.IsHighSurrogate(text[Piece - 1]) ? Piece - 1 : Piece;
    }
}
