namespace Morgan.Tests.Chaos.Mutations;

/// <summary>The mutations run by a command, and seldom; that they still fit the code is seen with every run of the tests.</summary>
public sealed class MutationListTests
{
    public static TheoryData<string> Names => [.. All.Select(mutation => mutation.Name)];

    private static IEnumerable<Mutation> All => Handlers.All.Concat(ReportedFaults.All);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mutation_StandsInTheSourcesExactlyOnce(string name)
    {
        var mutation = All.Single(mutation => mutation.Name == name);
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, mutation.File), TestContext.Current.CancellationToken);

        Assert.Equal(2, text.Split(mutation.Before).Length);
        Assert.NotEqual(mutation.Before, mutation.After);
    }
}
