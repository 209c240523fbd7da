using System.Text.Json;

namespace Morgan.LlmService.Relay;

/// <summary>
/// A host's own error: <c>{"error":{"message":"…","code":429}}</c> or <c>{"error":"…"}</c>.
/// </summary>
/// <param name="Message">For people, shortened; null: none was given.</param>
/// <param name="IsRateLimit">Whether it says that the host wants a pause.</param>
internal sealed record HostError(string? Message, bool IsRateLimit)
{
    private const int MaxMessage = 500;

    /// <summary>
    /// Reads the value of <c>error</c> that follows in <paramref name="reader"/>, and leaves the reader at its end. Null:
    /// it is JSON's null, which is no error.
    /// </summary>
    public static HostError? Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.Null or JsonTokenType.False:
                return null;
            case JsonTokenType.String:
                return new HostError(Text(ref reader), false);
            case JsonTokenType.StartObject:
                return ReadObject(ref reader);
            default:
                reader.Skip();
                return new HostError(null, false);
        }
    }

    private static HostError ReadObject(ref Utf8JsonReader reader)
    {
        string? message = null;
        var isRateLimit = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessage = reader.ValueTextEquals("message"u8);
            var isCode = reader.ValueTextEquals("code"u8) || reader.ValueTextEquals("status"u8);
            reader.Read();
            if (isMessage && reader.TokenType == JsonTokenType.String)
            {
                message = Text(ref reader);
            }
            else if (isCode)
            {
                isRateLimit |= IsRateLimitCode(ref reader);
            }

            reader.Skip();
        }

        return new HostError(message, isRateLimit);
    }

    private static bool IsRateLimitCode(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.TryGetInt32(out var number) && number == 429,
        JsonTokenType.String => reader.ValueTextEquals("429"u8) || reader.ValueTextEquals("rate_limit_exceeded"u8),
        _ => false,
    };

    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString();
            return text is { Length: > MaxMessage } ? string.Concat(text.AsSpan(0, MaxMessage), "…") : text;
        }
        catch (InvalidOperationException)
        {
            return null; // not Unicode
        }
    }
}
