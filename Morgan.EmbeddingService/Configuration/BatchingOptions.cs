namespace Morgan.EmbeddingService.Configuration;

/// <summary><c>Embedding:Batching</c>.</summary>
internal sealed class BatchingOptions
{
    /// <summary>The most tokens, padding included, that one run takes; a longer text runs alone. 1 to 1,048,576 [4096].</summary>
    public int MaxBatchTokens { get; set; } = 4096;

    /// <summary>
    /// The most tokens that wait for a run. Past it requests get 429; a request with more than this in all gets 400.
    /// 1 to 1,073,741,824 [262144].
    /// </summary>
    public int MaxQueuedTokens { get; set; } = 262_144;

    /// <summary>How many runs go on at once, 0 to 1024 [0: measured when the first model is loaded].</summary>
    public int Callers { get; set; }

    /// <summary>
    /// Whether a vector may depend on its own text alone: a model whose numbers couple the texts of a batch (dynamic
    /// int8 scales) then runs them one by one [true].
    /// </summary>
    public bool Deterministic { get; set; } = true;
}
