using System.Text.Json;

namespace Morgan.LlmService.Envelope;

/// <summary>Reads short texts out of JSON that others wrote.</summary>
internal static class JsonText
{
    private const int MaxBytes = 256;

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
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // not Unicode
        }
    }
}
