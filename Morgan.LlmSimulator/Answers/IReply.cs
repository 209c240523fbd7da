using System.Text.Json;
using Morgan.LlmSimulator.Formats;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Answers;

/// <summary>An answer ready to be written, whole or as a stream.</summary>
internal interface IReply
{
    /// <summary>Tokens of what was sent to the host.</summary>
    int PromptTokens { get; }

    /// <summary>Tokens of the whole answer.</summary>
    int Tokens { get; }

    /// <summary>Generation steps, each of which takes the time between two tokens.</summary>
    int Steps { get; }

    /// <summary>The SSE event name of a piece of text; null where the dialect names none.</summary>
    string? TextEventName { get; }

    /// <summary>Writes the answer that isn't streamed.</summary>
    void WriteJson(Utf8JsonWriter json);

    /// <summary>The stream's events in order. An event's bytes hold until the next is asked for.</summary>
    IEnumerable<StreamEvent> Events();

    /// <summary>What a host of this dialect sends when it fails in a stream, up to the stream's end.</summary>
    ReadOnlyMemory<byte> ErrorEvents(OpenAiError error);
}
