using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;

namespace Morgan.Tests.EmbeddingService;

/// <summary>OpenAI's own client and Microsoft.Extensions.AI on top of it, unmodified.</summary>
public sealed class OpenAiClientTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private EmbeddingClient Client => new(
        "use-lite", new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(fixture.Host.Address, "/v1") });

    [Fact]
    public async Task OpenAiClient_Texts_GetTheirVectors()
    {
        var answer = await Client.GenerateEmbeddingsAsync(["one", "two"], cancellationToken: TestContext.Current.CancellationToken);
        var vectors = await fixture.Host.VectorsAsync("one", "two");

        Assert.Equal(vectors[0], answer.Value[0].ToFloats().ToArray());
        Assert.Equal(vectors[1], answer.Value[1].ToFloats().ToArray());
        Assert.Equal(2, answer.Value.Usage.InputTokenCount);
    }

    [Fact]
    public async Task OpenAiClient_Dimensions_AreKept()
    {
        var options = new OpenAI.Embeddings.EmbeddingGenerationOptions { Dimensions = 128 };
        var answer = await Client.GenerateEmbeddingAsync("short", options, TestContext.Current.CancellationToken);
        Assert.Equal(128, answer.Value.ToFloats().Length);
    }

    [Fact]
    public async Task EmbeddingGenerator_OverTheOpenAiClient_Works()
    {
        var generator = Client.AsIEmbeddingGenerator();
        var embeddings = await generator.GenerateAsync(["generated"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((await fixture.Host.VectorsAsync("generated"))[0], embeddings[0].Vector.ToArray());
    }
}
