namespace Morgan.LlmSimulator.Answers;

/// <summary>What the host says it used.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens)
{
    /// <summary>Usage that no honest host would report.</summary>
    public static Usage Lie { get; } = new(0, 1_000_000, 7);

    /// <summary>Honest usage.</summary>
    public static Usage Of(int promptTokens, int completionTokens) => new(promptTokens, completionTokens, promptTokens + completionTokens);
}
