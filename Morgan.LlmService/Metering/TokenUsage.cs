namespace Morgan.LlmService.Metering;

/// <summary>The tokens of one answer.</summary>
/// <param name="Input">Of the prompt, those read from the host's cache included.</param>
/// <param name="Output">Of the answer.</param>
/// <param name="Cached">Those of the prompt that came from the host's cache; null: the host did not say.</param>
/// <param name="Estimated">Whether Morgan counted because the host reported nothing that can be true.</param>
internal readonly record struct TokenUsage(long Input, long Output, long? Cached = null, bool Estimated = false)
{
    /// <summary>Both together.</summary>
    public long Total => Input + Output;
}
