using System.Net;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;

namespace Morgan.Tests.EmbeddingService.Endpoints;

/// <summary>TEI's and Ollama's paths, and Morgan's own for similarity.</summary>
public sealed class CompatibilityTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    private static readonly string[] Sentences = ["A cat sits on a mat.", "A dog runs in the park.", "Stocks fell sharply today."];

    private EmbeddingHost Host => fixture.Host;

    [Fact]
    public async Task TeiEmbed_OneOrMany_GivesListsOfNumbers()
    {
        var vectors = await Host.VectorsAsync(Sentences);
        var one = await JsonAsync("/embed", new JsonObject { ["inputs"] = Sentences[0] });
        var many = await JsonAsync("/embed", new JsonObject { ["inputs"] = Strings(Sentences), ["truncate"] = true, ["normalize"] = true });

        Assert.Equal(vectors[0], Floats(one[0]!));
        Assert.Equal(vectors[2], Floats(many[2]!));
    }

    [Fact]
    public async Task TeiEmbed_TooLongAndNotToTruncate_IsRefusedInTeisWords()
    {
        var body = new JsonObject { ["inputs"] = string.Join(' ', Enumerable.Repeat("word", 400)), ["truncate"] = false };
        using var response = await Host.PostAsync("/embed", body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("Validation", (string?)error["error_type"]);
        Assert.Contains("inputs", (string?)error["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TeiSimilarity_GivesCosines()
    {
        var vectors = await Host.VectorsAsync(Sentences);
        var scores = await JsonAsync("/similarity", new JsonObject
        {
            ["inputs"] = new JsonObject { ["source_sentence"] = Sentences[0], ["sentences"] = Strings(Sentences[1..]) },
        });
        Assert.Equal(TensorPrimitives.CosineSimilarity<float>(vectors[0], vectors[1]), (float)scores[0]!, 1e-6);
        Assert.Equal(TensorPrimitives.CosineSimilarity<float>(vectors[0], vectors[2]), (float)scores[1]!, 1e-6);
    }

    [Fact]
    public async Task TeiInfo_DescribesTheDefaultModel()
    {
        var info = JsonNode.Parse(await Host.Client.GetStringAsync("/info", TestContext.Current.CancellationToken))!;
        Assert.Equal("use-lite", (string?)info["model_id"]);
        Assert.Equal(128, (int?)info["max_input_length"]);
    }

    [Theory]
    [InlineData("use-lite")]
    [InlineData("use-lite:latest")]
    public async Task OllamaEmbed_GivesEmbeddingsAndCounts(string model)
    {
        var vectors = await Host.VectorsAsync(Sentences);
        var answer = await JsonAsync("/api/embed", new JsonObject { ["model"] = model, ["input"] = Strings(Sentences), ["keep_alive"] = "5m" });

        Assert.Equal(model, (string?)answer["model"]);
        Assert.Equal(vectors[1], Floats(answer["embeddings"]![1]!));
        Assert.True((int)answer["prompt_eval_count"]! > 10);
        Assert.True((long)answer["total_duration"]! > 0);
    }

    [Fact]
    public async Task OllamaEmbeddings_OlderPath_GivesOne()
    {
        var answer = await JsonAsync("/api/embeddings", new JsonObject { ["model"] = "use-lite", ["prompt"] = Sentences[0] });
        Assert.Equal((await Host.VectorsAsync(Sentences[0]))[0], Floats(answer["embedding"]!));
    }

    [Fact]
    public async Task OllamaErrors_AreInOllamasWords()
    {
        using var response = await Host.PostAsync("/api/embed", new JsonObject { ["model"] = "nothing", ["input"] = "a" });
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.IsAssignableFrom<JsonValue>(error["error"]);
    }

    [Fact]
    public async Task OllamaTags_ListModels()
    {
        var tags = JsonNode.Parse(await Host.Client.GetStringAsync("/api/tags", TestContext.Current.CancellationToken))!;
        Assert.Contains(tags["models"]!.AsArray(), model => (string?)model!["name"] == "use-lite:latest");
    }

    [Theory]
    [InlineData("cosine")]
    [InlineData("dot")]
    [InlineData("euclidean")]
    public async Task Similarity_Matrix_HasEveryPair(string metric)
    {
        var vectors = await Host.VectorsAsync(Sentences);
        var answer = await JsonAsync("/v1/similarity", new JsonObject { ["a"] = Strings(Sentences[..2]), ["b"] = Strings(Sentences), ["metric"] = metric });
        for (var i = 0; i < 2; i++)
        {
            for (var k = 0; k < 3; k++)
            {
                double expected = metric == "euclidean"
                    ? Math.Sqrt(vectors[i].Zip(vectors[k], (x, y) => (double)(x - y) * (x - y)).Sum())
                    : vectors[i].Zip(vectors[k], (x, y) => (double)x * y).Sum();
                Assert.Equal(expected, (double)answer["scores"]![i]![k]!, 1e-5);
            }
        }
    }

    [Fact]
    public async Task Similarity_TopK_GivesTheBestFirst()
    {
        var best = await JsonAsync("/v1/similarity", new JsonObject { ["a"] = "A kitten on a rug", ["b"] = Strings(Sentences), ["top_k"] = 2 });
        var nearest = await JsonAsync(
            "/v1/similarity", new JsonObject { ["a"] = "A kitten on a rug", ["b"] = Strings(Sentences), ["top_k"] = 9, ["metric"] = "euclidean" });
        var (matches, distances) = (best["matches"]![0]!.AsArray(), nearest["matches"]![0]!.AsArray());

        Assert.Equal(2, matches.Count);
        Assert.Equal(0, (int)matches[0]!["index"]!);
        Assert.True((float)matches[0]!["score"]! >= (float)matches[1]!["score"]!);
        Assert.Equal(3, distances.Count);
        Assert.Equal(0, (int)distances[0]!["index"]!);
        Assert.True((float)distances[0]!["score"]! <= (float)distances[1]!["score"]!);
    }

    [Theory]
    [InlineData("""{"b":"x"}""", "a")]
    [InlineData("""{"a":"x"}""", "b")]
    [InlineData("""{"a":"x","b":[]}""", "b")]
    [InlineData("""{"a":"x","b":["y","\ud800"]}""", "b[1]")]
    [InlineData("""{"a":"x","b":"y","metric":"manhattan"}""", "metric")]
    [InlineData("""{"a":"x","b":"y","top_k":0}""", "top_k")]
    public async Task Similarity_BadBody_NamesTheParameter(string body, string param)
    {
        using var response = await Host.PostAsync("/v1/similarity", System.Text.Encoding.UTF8.GetBytes(body));
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (string?)error["param"]);
    }

    private async Task<JsonNode> JsonAsync(string path, JsonNode body)
    {
        using var response = await Host.PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private static JsonArray Strings(string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static float[] Floats(JsonNode numbers) => [.. numbers.AsArray().Select(number => (float)number!)];
}
