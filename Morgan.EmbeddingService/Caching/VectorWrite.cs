namespace Morgan.EmbeddingService.Caching;

/// <summary>A vector on its way to the shared store.</summary>
/// <param name="Keys">The model's keys.</param>
/// <param name="Hash">The input's hash.</param>
/// <param name="Vector">The vector, which nobody writes to any more.</param>
/// <param name="Half">Whether it is stored as halves.</param>
internal readonly record struct VectorWrite(KeySpace Keys, UInt128 Hash, float[] Vector, bool Half);
