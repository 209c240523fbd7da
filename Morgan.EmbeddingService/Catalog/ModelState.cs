namespace Morgan.EmbeddingService.Catalog;

/// <summary>What a model is doing.</summary>
internal enum ModelState
{
    /// <summary>Not in memory; the next request loads it.</summary>
    Unloaded,

    /// <summary>On its way into memory.</summary>
    Loading,

    /// <summary>In memory.</summary>
    Loaded,

    /// <summary>The last try to load it failed.</summary>
    Failed,
}
