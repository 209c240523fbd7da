using System.Net;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;

namespace Morgan.Tests.EmbeddingService.Endpoints;

public sealed class OpenAiApiTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private EmbeddingHost Host => fixture.Host;

    [Fact]
    public async Task Embeddings_OneText_AnswersAsOpenAi()
    {
        var answer = await Host.EmbedAsync(new JsonObject { ["input"] = "hello world", ["model"] = "use-lite", ["user"] = "someone" });

        Assert.Equal("list", (string?)answer["object"]);
        Assert.Equal("use-lite", (string?)answer["model"]);
        var item = Assert.Single(answer["data"]!.AsArray())!;
        Assert.Equal("embedding", (string?)item["object"]);
        Assert.Equal(0, (int?)item["index"]);
        Assert.Equal(512, EmbeddingHost.VectorOf(item).Length);
        Assert.Equal((int?)answer["usage"]!["total_tokens"], (int?)answer["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Embeddings_ManyTexts_KeepTheOrderOfInputs()
    {
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"sentence number {i} of {i % 7} {(i % 3 == 0 ? "with some more words in it" : "")}")];
        var together = await Host.VectorsAsync(texts);
        foreach (var i in new[] { 0, 17, 151, 298 })
        {
            Assert.Equal((await Host.VectorsAsync(texts[i]))[0], together[i]);
        }
    }

    [Fact]
    public async Task Embeddings_SameTextTwiceInARequest_GivesTheSameVectorTwice()
    {
        var vectors = await Host.VectorsAsync("a pair of twins", "something else", "a pair of twins");
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
    }

    [Fact]
    public async Task Embeddings_TokenIds_GiveTheVectorOfTheirText()
    {
        using var tokenized = await Host.PostAsync("/tokenize", new JsonObject { ["inputs"] = "The cat sat on the mat." });
        Assert.Equal(HttpStatusCode.OK, tokenized.StatusCode);
        var tokens = JsonNode.Parse(await tokenized.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))![0]!.AsArray();
        int[] ids = [.. tokens.Select(token => (int)token!["id"]!)];
        var text = (await Host.VectorsAsync("The cat sat on the mat."))[0];

        var one = await Host.EmbedAsync(new JsonObject { ["input"] = Ids(ids) });
        var many = await Host.EmbedAsync(new JsonObject { ["input"] = new JsonArray(Ids(ids), Ids(1, 2, 3)) });

        Assert.Equal(text, EmbeddingHost.VectorOf(one["data"]![0]!));
        Assert.Equal(text, EmbeddingHost.VectorOf(many["data"]![0]!));
        Assert.Equal(ids.Length, (int?)one["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Embeddings_TokenIdsThatNoTextGives_AreTakenAsTheyAre()
    {
        // Special and split in ways that no tokenizer would: decoding and encoding them again would give others.
        var answer = await Host.EmbedAsync(new JsonObject { ["input"] = new JsonArray(Ids(7, 7, 7, 1, 2), Ids(7, 7, 7)) });
        Assert.Equal(8, (int?)answer["usage"]!["prompt_tokens"]);
        Assert.NotEqual(EmbeddingHost.VectorOf(answer["data"]![0]!), EmbeddingHost.VectorOf(answer["data"]![1]!));
    }

    [Fact]
    public async Task Embeddings_Base64_HoldsTheSameFloats()
    {
        var numbers = await Host.EmbedAsync(new JsonObject { ["input"] = "base64 or not", ["encoding_format"] = "float" });
        var base64 = await Host.EmbedAsync(new JsonObject { ["input"] = "base64 or not", ["encoding_format"] = "base64" });
        Assert.Equal(EmbeddingHost.VectorOf(numbers["data"]![0]!), EmbeddingHost.VectorOf(base64["data"]![0]!));
    }

    [Fact]
    public async Task Embeddings_EncodingFormatNull_IsFloat()
    {
        var answer = await Host.EmbedAsync(new JsonObject { ["input"] = "strict clients send null", ["encoding_format"] = null, ["dimensions"] = null });
        Assert.IsType<JsonArray>(answer["data"]![0]!["embedding"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(511)]
    [InlineData(512)]
    public async Task Embeddings_Dimensions_AreCutAndRenormalised(int dimensions)
    {
        var whole = (await Host.VectorsAsync("matryoshka"))[0];
        foreach (var format in new[] { "float", "base64" })
        {
            var answer = await Host.EmbedAsync(new JsonObject { ["input"] = "matryoshka", ["dimensions"] = dimensions, ["encoding_format"] = format });
            var cut = EmbeddingHost.VectorOf(answer["data"]![0]!);
            Assert.Equal(dimensions, cut.Length);
            Assert.Equal(1, TensorPrimitives.Norm<float>(cut), 1e-5);
            Assert.Equal(1, TensorPrimitives.CosineSimilarity(cut, whole.AsSpan(0, dimensions)), 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(101)]
    public async Task Embeddings_Base64_AnnouncesItsExactLength(int count)
    {
        var inputs = new JsonArray([.. Enumerable.Range(0, count).Select(i => JsonValue.Create($"text {i}"))]);
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = inputs, ["encoding_format"] = "base64" });
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(response.Content.Headers.ContentLength, body.Length);
        Assert.Equal(count, JsonNode.Parse(body)!["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task Embeddings_Usage_CountsTokensNotCharacters()
    {
        using var tokenized = await Host.PostAsync("/tokenize", new JsonObject { ["inputs"] = new JsonArray("hello", "hello world") });
        var tokens = JsonNode.Parse(await tokenized.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray();
        var answer = await Host.EmbedAsync(new JsonObject { ["input"] = new JsonArray("hello", "hello world") });
        Assert.Equal(tokens.Sum(text => text!.AsArray().Count), (int?)answer["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Embeddings_LongText_IsCutAndSaysSo()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 500));
        using var response = await Host.PostAsync(
            "/v1/embeddings", new JsonObject { ["input"] = new JsonArray("short", text) }, ("x-morgan-details", "true"));
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal("1", response.Headers.GetValues("x-morgan-truncated").Single());
        Assert.False((bool?)answer["data"]![0]!["truncated"]);
        Assert.True((bool?)answer["data"]![1]!["truncated"]);
        Assert.Equal(128, (int?)answer["data"]![1]!["tokens"]);
    }

    [Fact]
    public async Task Embeddings_TextsThatDifferOnlyPastTheCut_ShareAnEntry()
    {
        var head = string.Join(' ', Enumerable.Repeat("shared", 200));
        await Host.VectorsAsync($"{head} one ending");
        using var response = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = $"{head} another ending" });
        Assert.Equal("l1=1,l2=0,miss=0", response.Headers.GetValues("x-morgan-cache").Single());
    }

    [Fact]
    public async Task Embeddings_FingerprintOfAnotherModel_IsAConflict()
    {
        using var right = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "a" });
        var fingerprint = right.Headers.GetValues("x-morgan-fingerprint").Single();
        using var same = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "a" }, ("x-morgan-if-fingerprint", fingerprint));
        using var other = await Host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "a" }, ("x-morgan-if-fingerprint", "0123"));

        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
    }

    [Fact]
    public async Task Embeddings_CacheControl_IsKept()
    {
        var body = new JsonObject { ["input"] = "a text that only this test sends" };
        using var cold = await Host.PostAsync("/v1/embeddings", body, ("Cache-Control", "only-if-cached"));
        using var unstored = await Host.PostAsync("/v1/embeddings", body, ("Cache-Control", "no-store"));
        using var still = await Host.PostAsync("/v1/embeddings", body, ("Cache-Control", "only-if-cached"));
        using var stored = await Host.PostAsync("/v1/embeddings", body);
        using var warm = await Host.PostAsync("/v1/embeddings", body, ("Cache-Control", "only-if-cached"));
        using var anew = await Host.PostAsync("/v1/embeddings", body, ("Cache-Control", "no-cache, no-store"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, cold.StatusCode);
        Assert.Equal("l1=0,l2=0,miss=1", unstored.Headers.GetValues("x-morgan-cache").Single());
        Assert.Equal(HttpStatusCode.GatewayTimeout, still.StatusCode);
        Assert.Equal("l1=0,l2=0,miss=1", stored.Headers.GetValues("x-morgan-cache").Single());
        Assert.Equal("l1=1,l2=0,miss=0", warm.Headers.GetValues("x-morgan-cache").Single());
        Assert.Equal("l1=0,l2=0,miss=1", anew.Headers.GetValues("x-morgan-cache").Single());
    }

    [Fact]
    public async Task Models_ListTheDefaultModel()
    {
        var answer = JsonNode.Parse(await Host.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken))!;
        Assert.Contains(answer["data"]!.AsArray(), model => (string?)model!["id"] == "use-lite");
    }

    private static JsonArray Ids(params int[] ids) => new([.. ids.Select(id => (JsonNode)id)]);
}
