namespace Morgan.LlmSimulator.Requests;

/// <summary>What one answer is an answer to.</summary>
/// <param name="Text">The user's last words; empty where there are none to read (token ids, images alone).</param>
/// <param name="Tokens">Tokens of all that was sent, by <see cref="Answers.TokenSplitter"/>.</param>
internal sealed record Prompt(string Text, int Tokens);
