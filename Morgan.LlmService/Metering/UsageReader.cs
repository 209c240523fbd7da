using System.Text.Json;

namespace Morgan.LlmService.Metering;

/// <summary>
/// Reads a host's usage object, in the words of chat, completions and embeddings or in those of responses:
/// <code>
/// {"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":0}}
/// {"input_tokens":9,"output_tokens":12,"total_tokens":21,"input_tokens_details":{"cached_tokens":0}}
/// </code>
/// </summary>
internal static class UsageReader
{
    /// <summary>
    /// Reads the object that <paramref name="reader"/> stands at the beginning of, and leaves the reader at its end.
    /// Null: it holds no count, or counts that contradict each other.
    /// </summary>
    public static TokenUsage? Read(ref Utf8JsonReader reader)
    {
        long? input = null;
        long? output = null;
        long? total = null;
        long? cached = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                input = Count(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                output = Count(ref reader);
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = Count(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
            {
                cached = Cached(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Some hosts count thinking in the total alone, so it may be more than the sum, but never less.
        return input is null || total < input + (output ?? 0) ? null : new TokenUsage(input.Value, output ?? 0, cached);
    }

    private static long? Cached(ref Utf8JsonReader reader)
    {
        long? cached = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                cached = Count(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return cached;
    }

    private static long? Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0)
        {
            return value;
        }

        reader.Skip();
        return null;
    }
}
