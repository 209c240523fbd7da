using System.Text.Json;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;

namespace Morgan.LlmService.Relay;

/// <summary>
/// Follows a stream of responses:
/// <code>
/// event: response.output_text.delta
/// data: {"type":"response.output_text.delta","sequence_number":4,"delta":"Hel",…}
/// event: response.completed
/// data: {"type":"response.completed","response":{"id":"resp_1","model":"…","status":"completed","usage":{"input_tokens":9,…}}}
/// </code>
/// </summary>
internal sealed class ResponsesTracker : StreamTracker
{
    private HostError? _error;
    private EventVerdict _verdict;

    /// <inheritdoc/>
    public override bool IsComplete => false;

    /// <summary>The number that an event of Morgan's own gets.</summary>
    public long NextSequenceNumber { get; private set; }

    /// <inheritdoc/>
    public override EventVerdict Inspect(in SseEvent e)
    {
        if (!e.HasData)
        {
            return EventVerdict.Comment;
        }

        (_verdict, _error) = (EventVerdict.Data, null);
        try
        {
            Read(e.Data);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return EventVerdict.Malformed;
        }

        if (e.IsError || _verdict == EventVerdict.Error)
        {
            Error = _error ?? new HostError(null, false);
            return EventVerdict.Error;
        }

        return _verdict;
    }

    private void Read(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an event is an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                ReadType(ref reader);
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                ReadResponse(ref reader);
            }
            else if (reader.ValueTextEquals("sequence_number"u8))
            {
                reader.Read();
                NextSequenceNumber = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number + 1 : NextSequenceNumber;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                _error = HostError.Read(ref reader);
                _verdict = _error is null ? _verdict : EventVerdict.Error;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                _error ??= new HostError(JsonText.ReadValue(ref reader), false);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // throws when something follows
    }

    private void ReadType(ref Utf8JsonReader reader)
    {
        var type = JsonText.ReadValue(ref reader);
        if (type is "response.completed" or "response.incomplete" or "response.failed")
        {
            FinishReason = type["response.".Length..];
            _verdict = EventVerdict.Last;
        }
        else if (type is "error")
        {
            _verdict = EventVerdict.Error;
        }
        else if (type?.EndsWith(".delta", StringComparison.Ordinal) == true)
        {
            Deltas++;
        }
    }

    private void ReadResponse(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                ResponseId = JsonText.ReadValue(ref reader) ?? ResponseId;
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                ResponseModel = JsonText.ReadValue(ref reader) ?? ResponseModel;
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                Usage = reader.TokenType == JsonTokenType.StartObject ? UsageReader.Read(ref reader) ?? Usage : Usage;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
