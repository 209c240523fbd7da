using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Morgan.LlmService.Telemetry;

/// <summary>
/// Prompt and answer for the span, in the conventions' form:
/// <c>[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]</c>. Only where
/// <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is true; at most 64 KiB each.
/// </summary>
internal sealed class ContentCapture
{
    /// <summary>The switch.</summary>
    public const string Switch = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    private const int MostText = 64 * 1024;

    private readonly StringBuilder _answer = new();

    /// <summary>The text of the answer so far, as a message.</summary>
    public string Output(string? finishReason) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        WriteText(json, _answer.ToString());
        json.WriteString("finish_reason", finishReason ?? "error");
        json.WriteEndObject();
    });

    /// <summary>The prompt as it stands in the body: messages, a text, or a list of texts.</summary>
    public static string Input(ReadOnlySpan<byte> prompt)
    {
        using var parsed = Parse(prompt);
        return Write(json =>
        {
            if (parsed is null)
            {
                return;
            }

            if (parsed.RootElement.ValueKind != JsonValueKind.Array)
            {
                WriteMessage(json, parsed.RootElement);
                return;
            }

            foreach (var message in parsed.RootElement.EnumerateArray())
            {
                WriteMessage(json, message);
            }
        });
    }

    /// <summary>Takes the text out of a chunk's or an answer's choices, or out of a delta of a response.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        using var parsed = Parse(data);
        if (parsed?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            return;
        }

        if (root.TryGetProperty("choices", out var choices) && choices.ValueKind == JsonValueKind.Array)
        {
            foreach (var choice in choices.EnumerateArray().Where(choice => choice.ValueKind == JsonValueKind.Object))
            {
                Append(choice, "text");
                AppendContent(choice, "delta");
                AppendContent(choice, "message");
            }
        }
        else
        {
            Append(root, "delta");
        }
    }

    private static string Write(Action<Utf8JsonWriter> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            messages(json);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter json, JsonElement message)
    {
        json.WriteStartObject();
        if (message.ValueKind == JsonValueKind.Object)
        {
            json.WriteString("role", message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String ? Text(role) : "user");
            WriteText(json, message.TryGetProperty("content", out var content) ? Text(content) : "");
        }
        else
        {
            json.WriteString("role", "user");
            WriteText(json, Text(message));
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("content", text.Length <= MostText ? text : text[..MostText]);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // A text as it is; what has parts (pictures, tools) as the JSON that it is.
    private static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return ""; // not Unicode
        }
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? null : JsonDocument.Parse(json.ToArray());
        }
        catch (JsonException)
        {
            return null; // [DONE], or deeper than a document may be
        }
    }

    private void AppendContent(JsonElement choice, string name)
    {
        if (choice.TryGetProperty(name, out var message) && message.ValueKind == JsonValueKind.Object)
        {
            Append(message, "content");
        }
    }

    private void Append(JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
        {
            lock (_answer) // hedged attempts read at the same time
            {
                _answer.Append(_answer.Length < MostText ? Text(value) : "");
            }
        }
    }
}
