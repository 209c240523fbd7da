namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>A token that the post-processor adds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its token type.</param>
internal readonly record struct SpecialToken(int Id, int Type);
