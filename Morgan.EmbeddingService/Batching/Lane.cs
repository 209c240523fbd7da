namespace Morgan.EmbeddingService.Batching;

/// <summary>Which queue a text waits in.</summary>
internal enum Lane
{
    /// <summary>Of a small request: somebody waits for it.</summary>
    Interactive,

    /// <summary>Of an import, or very long.</summary>
    Bulk,
}
