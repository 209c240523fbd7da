namespace Morgan.LlmSimulator.Answers;

/// <summary>One of the answers to a request.</summary>
/// <param name="Tokens">The text in the pieces in which it is streamed.</param>
/// <param name="FinishReason">As in a chat: <c>stop</c> or <c>length</c>.</param>
internal sealed record Choice(IReadOnlyList<string> Tokens, string FinishReason)
{
    /// <summary>The whole text.</summary>
    public string Text => string.Concat(Tokens);
}
