using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Morgan.EmbeddingService.Requests;

/// <summary>Turns a JSON string of the body into UTF-16, in pooled memory that the caller lends.</summary>
internal static class TextDecoder
{
    /// <summary>
    /// Writes the text into <paramref name="destination"/>, which has at least as many places as the slice has bytes.
    /// </summary>
    /// <returns>The number of characters, or -1: the bytes are no valid UTF-8, or an escape is half a surrogate pair.</returns>
    public static int Decode(ReadOnlySpan<byte> json, bool escaped, Span<char> destination)
    {
        if (!escaped)
        {
            var status = Utf8.ToUtf16(json[1..^1], destination, out _, out var written, replaceInvalidSequences: false);
            return status == OperationStatus.Done ? written : -1;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        try
        {
            return reader.CopyString(destination);
        }
        catch (InvalidOperationException)
        {
            return -1;
        }
    }
}
