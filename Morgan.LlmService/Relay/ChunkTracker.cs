using System.Text.Json;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;

namespace Morgan.LlmService.Relay;

/// <summary>
/// Follows a stream of chat or completions:
/// <code>
/// data: {"id":"…","model":"…","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}
/// data: {"id":"…","choices":[{"index":0,"text":"lo","finish_reason":"stop"}]}
/// data: {"id":"…","choices":[],"usage":{"prompt_tokens":9,…}}
/// data: [DONE]
/// </code>
/// </summary>
/// <param name="trimUsage">Whether the host was asked for usage that the client did not ask for.</param>
internal sealed class ChunkTracker(bool trimUsage) : StreamTracker
{
    private const int MostTrackedChoices = 64;

    private ulong _begun;
    private ulong _finished;
    private ChunkTemplate _template;
    private int _choices;
    private int _texts;
    private ByteRange _text;
    private bool _hasUsage;
    private bool _hasFinish;
    private HostError? _error;

    /// <inheritdoc/>
    public override bool IsComplete => _finished != 0 && _finished == _begun;

    /// <inheritdoc/>
    public override EventVerdict Inspect(in SseEvent e)
    {
        if (!e.HasData)
        {
            return e.IsError ? Fail(null) : EventVerdict.Comment;
        }

        if (e.IsDone)
        {
            return EventVerdict.Last;
        }

        if (!e.IsError && _template.Matches(e.Data, out var trim))
        {
            Deltas++;
            Trim = trim;
            return trim.IsPresent ? EventVerdict.Trimmed : EventVerdict.Data;
        }

        (_choices, _texts, _hasUsage, _hasFinish, _error, Trim) = (0, 0, false, false, null, default);
        var deltas = Deltas;
        try
        {
            Read(e.Data);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return e.IsError ? Fail(null) : EventVerdict.Malformed;
        }

        if (_error is not null || e.IsError)
        {
            return Fail(_error);
        }

        if (_texts == 1 && Deltas == deltas + 1 && _text.IsPresent && !_hasUsage && !_hasFinish)
        {
            _template.Learn(e.Data, _text, Trim);
        }

        return !trimUsage ? EventVerdict.Data
            : _hasUsage && _choices == 0 ? EventVerdict.Unasked
            : Trim.IsPresent ? EventVerdict.Trimmed
            : EventVerdict.Data;
    }

    private EventVerdict Fail(HostError? error)
    {
        Error = error ?? new HostError(null, false);
        return EventVerdict.Error;
    }

    private void Read(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a chunk is an object");
        }

        var endOfLast = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                ReadChoices(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref reader, data, endOfLast);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                _error = HostError.Read(ref reader);
            }
            else if (ResponseId is null && reader.ValueTextEquals("id"u8))
            {
                ResponseId = Text(ref reader);
            }
            else if (ResponseModel is null && reader.ValueTextEquals("model"u8))
            {
                ResponseModel = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }

            endOfLast = (int)reader.BytesConsumed;
        }

        reader.Read(); // throws when something follows
    }

    private void ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, int endOfLast)
    {
        var name = (int)reader.TokenStartIndex;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            _hasUsage = true;
            Usage = UsageReader.Read(ref reader) ?? Usage;
        }
        else
        {
            reader.Skip();
        }

        if (trimUsage)
        {
            Trim = TrimRange(data, name, endOfLast, (int)reader.BytesConsumed);
        }
    }

    // With the comma before it; when it is the first property, with the comma after it.
    private static ByteRange TrimRange(ReadOnlySpan<byte> data, int name, int endOfLast, int end)
    {
        if (data[endOfLast..name].Contains((byte)','))
        {
            return new ByteRange(endOfLast, end - endOfLast);
        }

        var rest = data[end..];
        var next = rest.IndexOfAnyExcept(" \t\r\n"u8);
        return new ByteRange(name, end - name + (next >= 0 && rest[next] == (byte)',' ? next + 1 : 0));
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            _choices++;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        var index = 0;
        var finished = false;
        var hasText = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                _ = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out index);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                FinishReason = Text(ref reader) ?? FinishReason;
                finished = reader.TokenType == JsonTokenType.String;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                hasText = HasText(ref reader);
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                hasText = IsText(ref reader);
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        _hasFinish |= finished;
        Deltas += hasText ? 1 : 0;
        var bit = 1UL << Math.Clamp(index, 0, MostTrackedChoices - 1);
        _begun |= bit;
        _finished |= finished ? bit : 0;
    }

    // Content, reasoning, refusal, arguments of a tool: whatever is not empty beside the role.
    private bool HasText(ref Utf8JsonReader reader)
    {
        var hasText = false;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            reader.Read();
            hasText |= !isRole && (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject || IsText(ref reader));
            reader.Skip();
        }

        return hasText;
    }

    private bool IsText(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.IsEmpty)
        {
            return false;
        }

        _texts++;
        _text = reader.ValueIsEscaped ? default : new ByteRange((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        return true;
    }

    private static string? Text(ref Utf8JsonReader reader) => JsonText.ReadValue(ref reader);
}
