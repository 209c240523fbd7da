namespace Morgan.EmbeddingService.Inference;

/// <summary>What an input of a graph is fed with.</summary>
internal enum GraphInput
{
    /// <summary>The token ids.</summary>
    Ids,

    /// <summary>1 for a token, 0 for padding.</summary>
    Mask,

    /// <summary>The segment: 0 for texts that stand alone.</summary>
    Types,

    /// <summary>0, 1, 2, ….</summary>
    Positions,
}
