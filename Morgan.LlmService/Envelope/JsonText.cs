using System.Text.Json;

namespace Morgan.LlmService.Envelope;

/// <summary>Reads short texts out of JSON that others wrote.</summary>
internal static class JsonText
{
    private const int MaxBytes = 256;

    // The words that nearly every answer ends with, so that they are not made anew each time.
    private static readonly string[] Common = ["stop", "length", "tool_calls", "completed"];

    /// <summary>
    /// Reads the value that follows, and leaves <paramref name="reader"/> at its end. Null: it is no string, no Unicode,
    /// or longer than any name (256 bytes).
    /// </summary>
    public static string? ReadValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        if (reader.ValueSpan.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            foreach (var word in Common)
            {
                if (reader.ValueTextEquals(word))
                {
                    return word;
                }
            }

            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // not Unicode
        }
    }
}
