using System.Text.Json;
using Morgan.LlmSimulator.Formats;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Answers;

/// <summary>A text answer in the dialect in which it was asked for.</summary>
internal sealed class TextReply(ITextFormat format, Answer answer) : IReply
{
    /// <inheritdoc/>
    public int PromptTokens => answer.PromptTokens;

    /// <inheritdoc/>
    public int Tokens => answer.Choices.Sum(c => c.Tokens.Count);

    /// <inheritdoc/>
    public int Steps => answer.Steps;

    /// <inheritdoc/>
    public string? TextEventName => format.TextEventName;

    /// <inheritdoc/>
    public void WriteJson(Utf8JsonWriter json) => format.WriteJson(json, answer);

    /// <inheritdoc/>
    public IEnumerable<StreamEvent> Events() => format.Events(answer);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> ErrorEvents(OpenAiError error) => format.ErrorEvents(error);
}
