namespace Morgan.EmbeddingService.Similarity;

/// <summary>How two vectors are compared.</summary>
internal enum Metric
{
    /// <summary>The cosine of their angle; 0 where one has no direction.</summary>
    Cosine,

    /// <summary>Their inner product.</summary>
    Dot,

    /// <summary>Their distance; the smaller the nearer.</summary>
    Euclidean,
}
