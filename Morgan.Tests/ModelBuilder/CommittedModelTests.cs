using Morgan.ModelBuilder.Output;

namespace Morgan.Tests.ModelBuilder;

[Collection(PackageCollection.Name)]
public sealed class CommittedModelTests(PackageFixture package)
{
    [Fact]
    public void Build_FromThePackage_GivesTheCommittedBytes()
    {
        var files = ModelFolder.Build(package.Get(), Precision.Int8);

        Assert.Empty(ModelFolder.Differences(CommittedModel.Folder, files));
        Assert.Equal(files.Select(file => file.Name).Order(), Directory.GetFiles(CommittedModel.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Build_Float32_GivesTheSharedReferenceGraph()
    {
        var shared = File.ReadAllBytes(Shared.Path("models/use-lite/model.onnx"));

        var graph = ModelFolder.BuildGraph(package.Get(), Precision.Float32);

        Assert.True(shared.AsSpan().SequenceEqual(graph));
    }

    [Theory]
    [InlineData("model.onnx", "model_int8_fused.onnx")]
    [InlineData("tokenizer.json", "tokenizer.json")]
    [InlineData("tokenizer_config.json", "tokenizer_config.json")]
    [InlineData("LICENSE", "LICENSE")]
    public void Committed_File_EqualsTheSharedOne(string committed, string shared)
    {
        var expected = File.ReadAllBytes(Shared.Path($"models/use-lite/{shared}"));

        Assert.True(expected.AsSpan().SequenceEqual(CommittedModel.Read(committed)));
    }

    [Fact]
    public void Committed_Provenance_StatesTheHashOfEveryFile()
    {
        var provenance = File.ReadAllText(Path.Combine(CommittedModel.Folder, "PROVENANCE.md"));

        foreach (var name in new[] { "model.onnx", "tokenizer.json", "tokenizer_config.json", "LICENSE" })
        {
            Assert.Contains($"| {name} | ", provenance, StringComparison.Ordinal);
            Assert.Contains(new ModelFile(name, CommittedModel.Read(name)).Sha256, provenance, StringComparison.Ordinal);
        }
    }
}
