namespace Morgan.EmbeddingService.Inference;

/// <summary>What an engine does with the numbers that its graph gives.</summary>
/// <param name="Pooling">How token vectors are pooled, where the graph does not pool.</param>
/// <param name="Dense">The dense layers after pooling, in order.</param>
/// <param name="PadId">The id that fills up the texts of a batch.</param>
/// <param name="Normalize">Whether the vector is brought to length 1 at the end.</param>
/// <param name="UseBinding">Whether inputs and output are bound to the session, which lets a device copy them once.</param>
internal sealed record EngineOptions(Pooling Pooling, IReadOnlyList<DenseLayer> Dense, int PadId, bool Normalize, bool UseBinding = false);
