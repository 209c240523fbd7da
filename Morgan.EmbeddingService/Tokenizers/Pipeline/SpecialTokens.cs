namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>What the post-processor puts around a text.</summary>
/// <param name="Before">Ids before the text, such as <c>[CLS]</c>.</param>
/// <param name="After">Ids after it, such as <c>[SEP]</c>.</param>
/// <param name="TextType">The token type of the text's own ids.</param>
internal sealed record SpecialTokens(SpecialToken[] Before, SpecialToken[] After, int TextType)
{
    /// <summary>Nothing around the text.</summary>
    public static SpecialTokens Nothing { get; } = new([], [], 0);

    /// <summary>How many there are.</summary>
    public int Count => Before.Length + After.Length;

    /// <summary>What two post-processors do, one after the other: the second goes around what the first made.</summary>
    public SpecialTokens Inside(SpecialTokens outer) => new(
        [.. outer.Before, .. Before], [.. After, .. outer.After], outer.TextType);
}
