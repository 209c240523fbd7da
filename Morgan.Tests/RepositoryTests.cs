namespace Morgan.Tests;

public sealed class RepositoryTests
{
    [Fact]
    public void Root_HoldsTheSolution() => Assert.True(File.Exists(Path.Combine(Repository.Root, "Morgan.sln")));
}
