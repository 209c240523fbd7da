namespace Morgan.EmbeddingService.Inference;

/// <summary>How a text's token vectors become one.</summary>
internal enum Pooling
{
    /// <summary>The first token's.</summary>
    Cls,

    /// <summary>The mean over the text's tokens.</summary>
    Mean,

    /// <summary>The largest value of each component.</summary>
    Max,

    /// <summary>The last token's.</summary>
    LastToken,
}
