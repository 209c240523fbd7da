using System.Buffers;
using System.Text;
using System.Text.Json;


namespace Morgan.LlmSimulator.Formats;

/// <summary>Writes one server-sent event at a time into memory that it uses again for the next.</summary>
internal sealed class EventBuffer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly Utf8JsonWriter _json;

    /// <summary>An empty buffer.</summary>
    public EventBuffer() => _json = new Utf8JsonWriter(_bytes, JsonText.WriterOptions);

    /// <summary><c>data: [DONE]</c>.</summary>
    public static ReadOnlyMemory<byte> Done { get; } = "data: [DONE]\n\n"u8.ToArray();

    /// <summary>Starts an event whose data is one JSON value, which the caller writes.</summary>
    public Utf8JsonWriter Begin(string? name = null)
    {
        _bytes.ResetWrittenCount();
        if (name is not null)
        {
            _bytes.Write("event: "u8);
            Encoding.UTF8.GetBytes(name, _bytes);
            _bytes.Write("\n"u8);
        }

        _bytes.Write("data: "u8);
        _json.Reset();
        return _json;
    }

    /// <summary>Ends the event; its bytes hold until the next begins.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _json.Flush();
        _bytes.Write("\n\n"u8);
        return _bytes.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
