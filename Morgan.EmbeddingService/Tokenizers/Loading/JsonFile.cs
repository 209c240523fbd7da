using System.Text.Json;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads the JSON files that lie beside a model.</summary>
internal static class JsonFile
{
    /// <summary>Parses a file's bytes. What comes back lives as long as it is referred to.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="bytes">Its bytes, with or without a byte order mark.</param>
    /// <exception cref="TokenizerFormatException">They are not JSON, or more than 64 levels deep.</exception>
    public static JsonPart Parse(string file, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var start = bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
            return new JsonPart(file, JsonDocument.Parse(bytes[start..]).RootElement);
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException(file, "the file", $"is not valid JSON: {e.Message}", e);
        }
    }
}
