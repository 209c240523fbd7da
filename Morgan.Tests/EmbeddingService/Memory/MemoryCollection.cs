namespace Morgan.Tests.EmbeddingService.Memory;

/// <summary>Tests that look at the size of the process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}
