namespace Morgan.EmbeddingService.Similarity;

/// <summary>One of the nearest vectors.</summary>
/// <param name="Index">Its place among those compared with.</param>
/// <param name="Score">Its score.</param>
internal readonly record struct Match(int Index, float Score);
