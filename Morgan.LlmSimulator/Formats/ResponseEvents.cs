using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Formats;

/// <summary>The typed events of a response's stream, numbered as they are made.</summary>
internal sealed class ResponseEvents(Answer answer) : IDisposable
{
    private readonly EventBuffer _buffer = new();
    private int _number;

    /// <summary>An event with the response as it stands.</summary>
    public ReadOnlyMemory<byte> Response(string type, bool finished)
    {
        var json = Begin(type);
        json.WritePropertyName("response");
        ResponseJson.WriteResponse(json, answer, finished);
        return End(json);
    }

    /// <summary>An event with the output message.</summary>
    public ReadOnlyMemory<byte> Item(string type, bool finished)
    {
        var json = Begin(type);
        json.WriteNumber("output_index", 0);
        json.WritePropertyName("item");
        ResponseJson.WriteMessage(json, answer, finished);
        return End(json);
    }

    /// <summary>An event with the message's text part.</summary>
    public ReadOnlyMemory<byte> Part(string type, string text)
    {
        var json = BeginInMessage(type);
        json.WritePropertyName("part");
        ResponseJson.WritePart(json, text);
        return End(json);
    }

    /// <summary>An event with text: a piece, or all of it.</summary>
    public ReadOnlyMemory<byte> Text(string type, string field, string text)
    {
        var json = BeginInMessage(type);
        json.WriteText(field, text);
        json.WriteStartArray("logprobs");
        json.WriteEndArray();
        return End(json);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private Utf8JsonWriter BeginInMessage(string type)
    {
        var json = Begin(type);
        json.WriteString("item_id", "msg_" + answer.Id);
        json.WriteNumber("output_index", 0);
        json.WriteNumber("content_index", 0);
        return json;
    }

    private Utf8JsonWriter Begin(string type)
    {
        var json = _buffer.Begin(type);
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("sequence_number", _number++);
        return json;
    }

    private ReadOnlyMemory<byte> End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        return _buffer.End();
    }
}
