using System.Text.Json;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;

namespace Morgan.LlmService.Relay;

/// <summary>What is of interest in an answer that is no stream.</summary>
internal sealed class AnswerReader
{
    /// <summary>What the host reported; null: nothing, or nonsense.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>The host's id of the answer.</summary>
    public string? Id { get; private set; }

    /// <summary>The model as the host calls it.</summary>
    public string? Model { get; private set; }

    /// <summary>Why the first choice ended.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>An error in place of an answer.</summary>
    public HostError? Error { get; private set; }

    /// <summary>Reads the whole body, and so proves that it is one JSON object.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    /// <exception cref="InvalidOperationException">A name in it is no Unicode.</exception>
    public void Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an answer is an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                Usage = reader.TokenType == JsonTokenType.StartObject ? UsageReader.Read(ref reader) : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Id = JsonText.ReadValue(ref reader);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                Model = JsonText.ReadValue(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                FinishReason = JsonText.ReadValue(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                Error = HostError.Read(ref reader);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                ReadChoices(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // throws when something follows
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
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (FinishReason is null && reader.ValueTextEquals("finish_reason"u8))
                {
                    FinishReason = JsonText.ReadValue(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }
}
