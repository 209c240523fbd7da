namespace Morgan.Tests.ModelBuilder;

/// <summary>Tests that share one copy of the npm package.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<PackageFixture>
{
    public const string Name = "model package";
}
