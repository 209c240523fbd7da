namespace Morgan.Tests.Chaos;

/// <summary>Tests that measure time: they run when no others do.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneCollection;
