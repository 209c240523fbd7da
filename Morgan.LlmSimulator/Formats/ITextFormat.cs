using System.Text.Json;
using Morgan.LlmSimulator.Answers;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Formats;

/// <summary>How one of OpenAI's APIs writes generated text.</summary>
internal interface ITextFormat
{
    /// <summary>What an answer's id begins with.</summary>
    string IdPrefix { get; }

    /// <summary>Events of a stream before the first text.</summary>
    int LeadingEvents { get; }

    /// <summary>The SSE event name of a piece of text; null where events have no names.</summary>
    string? TextEventName { get; }

    /// <summary>Writes the answer that isn't streamed.</summary>
    void WriteJson(Utf8JsonWriter json, Answer answer);

    /// <summary>The stream's events. An event's bytes hold until the next is asked for.</summary>
    IEnumerable<StreamEvent> Events(Answer answer);

    /// <summary>What a host sends when it fails in a stream, up to the stream's end.</summary>
    ReadOnlyMemory<byte> ErrorEvents(OpenAiError error);
}
