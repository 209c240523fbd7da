using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Formats;

/// <summary>JSON as hosts write it, with every character that may stand as itself doing so.</summary>
internal static class JsonText
{
    /// <summary>No escapes for the sake of HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes a text with only quotes, backslashes and control characters escaped. The JSON writer alone would turn 🦉
    /// into <c>\uD83E\uDD89</c>, and a test of split characters would have none of four bytes to split.
    /// </summary>
    public static void WriteText(this Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        var escaped = new ArrayBufferWriter<byte>(text.Length + 16);
        escaped.Write("\""u8);
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\\' or < ' ')
            {
                Encoding.UTF8.GetBytes(text.AsSpan(start, i - start), escaped);
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}"), escaped);
                start = i + 1;
            }
        }

        Encoding.UTF8.GetBytes(text.AsSpan(start), escaped);
        escaped.Write("\""u8);
        json.WriteRawValue(escaped.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>Writes usage as chats and completions do.</summary>
    public static void WriteUsage(this Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("total_tokens", usage.TotalTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
