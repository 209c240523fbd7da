using System.Text.Json;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Envelope;

/// <summary>
/// Scans a body once, from <c>{</c> to <c>}</c>, for the fields of <see cref="RequestEnvelope"/>. The scan proves that
/// the body is one JSON object; what is in the other fields is the host's business.
/// </summary>
internal ref struct EnvelopeReader
{
    /// <summary>Deeper than any tool schema, and cheap: the reader keeps one bit a level.</summary>
    private const int MaxDepth = 512;
    private const int MaxNameBytes = 512;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    private Utf8JsonReader _reader;
    private Fields _seen;
    private OpenAiError? _error;
    private string? _model;
    private ByteRange _modelRange;
    private bool _stream;
    private bool _includeUsage;
    private ByteRange _streamOptions;
    private ByteRange _includeUsageRange;
    private long? _maxTokens;
    private ByteRange _prompt;
    private string? _previous;

    private readonly int _maxMessages;

    private EnvelopeReader(ReadOnlySpan<byte> body, int maxMessages)
    {
        _reader = new Utf8JsonReader(body, Options);
        _maxMessages = maxMessages;
    }

    [Flags]
    private enum Fields
    {
        None = 0,
        Model = 1,
        Stream = 2,
        StreamOptions = 4,
        MaxTokens = 8,
        MaxCompletionTokens = 16,
        Prompt = 32,
        Previous = 64,
        IncludeUsage = 128,
    }

    /// <summary>Reads the envelope, or says what is wrong with the body.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="operation">Whose field names count.</param>
    /// <param name="envelope">What was found.</param>
    /// <param name="maxMessages">The messages that a chat may hold, and the items that a response's input may.</param>
    public static OpenAiError? Read(ReadOnlySpan<byte> body, Operation operation, out RequestEnvelope envelope, int maxMessages = int.MaxValue)
    {
        envelope = default;
        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return OpenAiError.InvalidJson("The request body is empty; a JSON object is expected.");
        }

        var reader = new EnvelopeReader(body, maxMessages);
        try
        {
            return reader.ReadRoot(operation, out envelope);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a name that is no Unicode ("\ud800").
            return OpenAiError.InvalidJson($"The request body is not valid JSON: {e.Message}");
        }
    }

    private OpenAiError? ReadRoot(Operation operation, out RequestEnvelope envelope)
    {
        envelope = default;
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return OpenAiError.InvalidJson("The request body must be a JSON object.");
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(operation);
            if (_error is not null)
            {
                return _error;
            }
        }

        var closingBrace = (int)_reader.TokenStartIndex;
        _reader.Read(); // throws when something follows the object
        envelope = new RequestEnvelope
        {
            Model = _model,
            ModelRange = _modelRange,
            Stream = _stream && operation != Operation.Embeddings, // which are not streamed, whoever asks
            IncludeUsage = _includeUsage,
            StreamOptions = _streamOptions,
            IncludeUsageRange = _includeUsageRange,
            MaxOutputTokens = _maxTokens,
            Prompt = _prompt,
            PreviousResponseId = _previous,
            ClosingBrace = closingBrace,
        };
        return null;
    }

    private void ReadField(Operation operation)
    {
        if (_reader.ValueTextEquals("model"u8))
        {
            (_model, _modelRange) = ReadName("model", Fields.Model);
        }
        else if (_reader.ValueTextEquals("stream"u8))
        {
            _stream = Once("stream", Fields.Stream) && ReadFlag("stream");
        }
        else if (_reader.ValueTextEquals("stream_options"u8))
        {
            ReadStreamOptions();
        }
        else if (_reader.ValueTextEquals("max_tokens"u8))
        {
            ReadMaxTokens("max_tokens", Fields.MaxTokens);
        }
        else if (_reader.ValueTextEquals("max_completion_tokens"u8) || _reader.ValueTextEquals("max_output_tokens"u8))
        {
            ReadMaxTokens("max_completion_tokens", Fields.MaxCompletionTokens);
        }
        else if (_reader.ValueTextEquals(operation.PromptField))
        {
            _prompt = Once(operation.PromptName, Fields.Prompt) ? ReadPrompt(operation) : default;
        }
        else if (operation == Operation.Responses && _reader.ValueTextEquals("previous_response_id"u8))
        {
            (_previous, _) = ReadName("previous_response_id", Fields.Previous);
        }
        else
        {
            _reader.Skip();
        }
    }

    // Two values of one name: Morgan would act on one and the host perhaps on the other, past a key's limits.
    private bool Once(string name, Fields field)
    {
        if ((_seen & field) != 0)
        {
            _error = OpenAiError.InvalidValue(name, $"'{name}' stands twice in the request body.");
            return false;
        }

        _seen |= field;
        return true;
    }

    private (string? Name, ByteRange Range) ReadName(string name, Fields field)
    {
        if (!Once(name, field))
        {
            return default;
        }

        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (_reader.TokenType != JsonTokenType.String || _reader.ValueSpan.Length > MaxNameBytes)
        {
            _error = OpenAiError.InvalidValue(name, $"'{name}' must be a string of at most {MaxNameBytes} bytes.");
            return default;
        }

        var range = new ByteRange((int)_reader.TokenStartIndex, _reader.ValueSpan.Length + 2);
        try
        {
            var text = _reader.GetString();
            return text is { Length: > 0 } ? (text, range) : default;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate (\ud800) or bytes that are not UTF-8.
            _error = OpenAiError.InvalidValue(name, $"'{name}' is not valid Unicode text.");
            return default;
        }
    }

    private bool ReadFlag(string name)
    {
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False or JsonTokenType.Null:
                return false;
            default:
                _error = OpenAiError.InvalidValue(name, $"'{name}' must be true or false.");
                return false;
        }
    }

    private void ReadMaxTokens(string name, Fields field)
    {
        if (!Once(name, field))
        {
            return;
        }

        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out var value) && value >= 0)
        {
            _maxTokens = value;
        }
        else
        {
            // Not a count: the host says so in its own words.
            _reader.Skip();
        }
    }

    private ByteRange ReadPrompt(Operation operation)
    {
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        if (_reader.TokenType == JsonTokenType.StartArray && (operation == Operation.Chat || operation == Operation.Responses))
        {
            CountMessages(operation);
        }
        else
        {
            _reader.Skip();
        }

        return new ByteRange(start, (int)_reader.BytesConsumed - start);
    }

    private void CountMessages(Operation operation)
    {
        for (var count = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count == _maxMessages)
            {
                _error = OpenAiError.InvalidValue(operation.PromptName, $"'{operation.PromptName}' holds more than {_maxMessages} elements.");
                return;
            }

            _reader.Skip();
        }
    }

    private void ReadStreamOptions()
    {
        if (!Once("stream_options", Fields.StreamOptions))
        {
            return;
        }

        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            while (_error is null && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadStreamOption();
            }
        }
        else if (_reader.TokenType != JsonTokenType.Null)
        {
            _error = OpenAiError.InvalidValue("stream_options", "'stream_options' must be an object.");
        }

        _streamOptions = new ByteRange(start, (int)_reader.BytesConsumed - start);
    }

    private void ReadStreamOption()
    {
        if (!_reader.ValueTextEquals("include_usage"u8))
        {
            _reader.Skip();
        }
        else if (Once("stream_options.include_usage", Fields.IncludeUsage))
        {
            _includeUsage = ReadFlag("stream_options.include_usage");
            var start = (int)_reader.TokenStartIndex;
            _includeUsageRange = new ByteRange(start, (int)_reader.BytesConsumed - start);
        }
    }
}
