namespace Morgan.EmbeddingService.Catalog;

/// <summary>What an unload gave back.</summary>
/// <param name="FreedBytes">By how much the process shrank.</param>
/// <param name="CountedBytes">What the model was counted with in the memory budget.</param>
/// <param name="Note">Why less came back than was counted, where it did.</param>
internal sealed record UnloadReport(long FreedBytes, long CountedBytes, string? Note);
