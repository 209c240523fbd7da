namespace Morgan.Tests.AppHost;

/// <summary>The tests that share one running <see cref="MorganApp"/>; they run one after the other.</summary>
[CollectionDefinition]
public sealed class MorganAppCollection : ICollectionFixture<MorganApp>;
