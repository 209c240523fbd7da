using System.Text.Json.Nodes;

namespace Morgan.Tests.EmbeddingService.Catalog;

/// <summary>The layouts of model folders, each loaded by the whole service and compared with vectors computed here.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TinyModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("pooling_mode_cls_token")]
    [InlineData("pooling_mode_mean_tokens")]
    [InlineData("pooling_mode_max_tokens")]
    [InlineData("pooling_mode_lasttoken")]
    public async Task SentenceTransformers_Pooling_IsTheOneOfItsFiles(string mode)
    {
        WriteModules("Transformer", "Pooling");
        _model.Write("1_Pooling/config.json", new JsonObject { ["word_embedding_dimension"] = 6, [mode] = true });
        _model.WriteTokenGraph("onnx/model.onnx");
        await using var host = await StartAsync();
        var tokens = _model.TokensOf("hello");
        double[] expected = mode switch
        {
            "pooling_mode_cls_token" => tokens[0],
            "pooling_mode_lasttoken" => tokens[^1],
            "pooling_mode_max_tokens" => [.. Enumerable.Range(0, 6).Select(i => tokens.Max(token => token[i]))],
            _ => Mean(tokens),
        };

        TinyModel.AssertClose(expected, await EmbedAsync(host, "hello"));
        Assert.Equal("sentence-transformers", await BackendAsync(host));
    }

    [Fact]
    public async Task SentenceTransformers_DenseAndNormalize_AreApplied()
    {
        WriteModules("Transformer", "Pooling", "Dense", "Normalize");
        _model.Write("1_Pooling/config.json", new JsonObject { ["pooling_mode"] = "mean" });
        var (weight, bias) = (_model.Numbers(4 * 6), _model.Numbers(4));
        _model.Write("2_Dense/config.json", new JsonObject
        {
            ["in_features"] = 6,
            ["out_features"] = 4,
            ["bias"] = true,
            ["activation_function"] = "torch.nn.modules.activation.Tanh",
        });
        _model.WriteTensors("2_Dense/model.safetensors", ("linear.weight", [4, 6], weight), ("linear.bias", [4], bias));
        _model.WriteTokenGraph("onnx/model.onnx", withTypes: true);
        await using var host = await StartAsync();
        var mean = Mean(_model.TokensOf("dense", withTypes: true));
        double[] dense = [.. Enumerable.Range(0, 4).Select(row => Math.Tanh(bias[row] + mean.Select((x, i) => weight[(row * 6) + i] * x).Sum()))];

        TinyModel.AssertClose(TinyModel.Normalized(dense), await EmbedAsync(host, "dense"));
    }

    [Fact]
    public async Task SentenceTransformers_MaxLengthAndPrompts_AreKept()
    {
        WriteModules("Transformer", "Pooling");
        _model.Write("sentence_bert_config.json", new JsonObject { ["max_seq_length"] = 3 });
        _model.Write("config_sentence_transformers.json", new JsonObject { ["prompts"] = new JsonObject { ["query"] = "q" }, ["default_prompt_name"] = null });
        _model.Write("1_Pooling/config.json", new JsonObject { ["pooling_mode_mean_tokens"] = true });
        _model.WriteTokenGraph("onnx/model.onnx");
        await using var host = await StartAsync("--Embedding:Models:tiny:Prompts:passage", "pp");

        TinyModel.AssertClose(Mean(_model.TokensOf("abc")), await EmbedAsync(host, "abcdef"));
        TinyModel.AssertClose(Mean(_model.TokensOf("qab")), await EmbedAsync(host, "abcdef", ("prompt_name", "query")));
        TinyModel.AssertClose(Mean(_model.TokensOf("ppa")), await EmbedAsync(host, "abcdef", ("prompt_name", "passage")));
    }

    [Fact]
    public async Task HuggingFace_WithoutModules_PoolsTheMeanAndNormalizes()
    {
        _model.Write("config.json", new JsonObject { ["max_position_embeddings"] = 64 });
        _model.WriteTokenGraph("onnx/model.onnx");
        await using var host = await StartAsync();

        TinyModel.AssertClose(TinyModel.Normalized(Mean(_model.TokensOf("mean"))), await EmbedAsync(host, "mean"));
        Assert.Equal("huggingface", await BackendAsync(host));
    }

    [Fact]
    public async Task FastEmbed_OptimizedModel_TakesTheFirstToken()
    {
        _model.Write("config.json", new JsonObject());
        _model.WriteTokenGraph("model_optimized.onnx");
        await using var host = await StartAsync();

        TinyModel.AssertClose(TinyModel.Normalized(_model.TokensOf("first")[0]), await EmbedAsync(host, "first"));
        Assert.Equal("fastembed", await BackendAsync(host));
    }

    [Fact]
    public async Task FastEmbed_SnapshotFolder_IsFollowed()
    {
        _model.WriteTokenGraph("snapshots/0123/model_optimized.onnx");
        File.Move(Path.Combine(_model.Folder, "tokenizer.json"), Path.Combine(_model.Folder, "snapshots/0123/tokenizer.json"));
        _model.Write("refs/main", "0123"u8.ToArray());
        await using var host = await StartAsync();

        TinyModel.AssertClose(TinyModel.Normalized(_model.TokensOf("snap")[0]), await EmbedAsync(host, "snap"));
    }

    [Fact]
    public async Task Onnx_GraphThatPools_IsTakenAtItsWord()
    {
        _model.WritePooledGraph("any-name.onnx");
        await using var host = await StartAsync("--Embedding:Models:tiny:Normalize", "false");
        double[] sum = [.. Mean(_model.TokensOf("sum")).Select(x => x * 3)];

        TinyModel.AssertClose(sum, await EmbedAsync(host, "sum"));
        Assert.Equal("onnx", await BackendAsync(host));
    }

    [Fact]
    public async Task Onnx_PoolingNamedByTheUser_OverridesTheGraphs()
    {
        _model.WritePooledGraph("model.onnx");
        await using var host = await StartAsync("--Embedding:Models:tiny:Pooling", "last-token", "--Embedding:Models:tiny:Normalize", "false");

        TinyModel.AssertClose(_model.TokensOf("last")[^1], await EmbedAsync(host, "last"));
    }

    [Fact]
    public async Task Onnx_HalfPrecisionWith32BitInputsAndPositions_IsRun()
    {
        _model.WriteHalfGraph("model.onnx");
        await using var host = await StartAsync("--Embedding:Models:tiny:Normalize", "false");
        double[][] tokens = [.. _model.TokensOf("half").Select((token, place) => token.Select(x => (double)(Half)(float)(x * place)).ToArray())];

        TinyModel.AssertClose(Mean(tokens), await EmbedAsync(host, "half"), 1e-3);
    }

    [Fact]
    public async Task Float32_TextAloneAndInABatch_HasTheSameVector()
    {
        _model.Write("config.json", new JsonObject());
        _model.WriteTokenGraph("model.onnx");
        await using var host = await StartAsync("--Embedding:Cache:L1Bytes", "0");
        string[] texts = [.. Enumerable.Range(1, 60).Select(i => new string((char)('a' + (i % 26)), i) + "xyz")];
        var body = new JsonObject { ["model"] = "tiny", ["input"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]) };
        var together = (await host.EmbedAsync(body))["data"]!.AsArray();

        Assert.True((int)(await ReportAsync(host))["textsPerRun"]! > 1);
        for (var i = 0; i < texts.Length; i += 7)
        {
            TinyModel.AssertClose([.. EmbeddingHost.VectorOf(together[i]!).Select(x => (double)x)], await EmbedAsync(host, texts[i]), 1e-6);
        }
    }

    [Fact]
    public async Task Overflow_SetToError_RefusesLongTexts()
    {
        _model.WriteTokenGraph("model.onnx");
        await using var host = await StartAsync("--Embedding:Models:tiny:MaxTokens", "4", "--Embedding:Models:tiny:OnOverflow", "error");
        using var fits = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = "four" });
        using var refused = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = new JsonArray("a", "fives") });
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;

        Assert.True(fits.IsSuccessStatusCode);
        Assert.Equal("input[1]", (string?)error["param"]);
    }

    [Theory]
    [InlineData("modules", "Embedding:Models:tiny")]
    [InlineData("pooling", "1_Pooling")]
    [InlineData("no graph", "no .onnx file")]
    [InlineData("two graphs", "Embedding:Models:tiny:File")]
    [InlineData("broken graph", "Embedding:Models:tiny:Source")]
    [InlineData("broken tokenizer", "tokenizer.json")]
    [InlineData("other graph", "pixel_values")]
    public async Task BrokenFolder_AtStart_IsOneLineThatSaysWhat(string fault, string expected)
    {
        switch (fault)
        {
            case "modules":
                WriteModules("Transformer", "CLIPModel");
                break;
            case "pooling":
                WriteModules("Transformer", "Pooling");
                _model.Write("1_Pooling/config.json", new JsonObject { ["pooling_mode_weightedmean_tokens"] = true });
                break;
            case "two graphs":
                _model.WriteTokenGraph("one.onnx");
                _model.WriteTokenGraph("two.onnx");
                break;
            case "broken graph":
                _model.Write("model.onnx", [1, 2, 3]);
                break;
            case "broken tokenizer":
                _model.WriteTokenGraph("model.onnx");
                _model.Write("tokenizer.json", "{"u8.ToArray());
                break;
            case "other graph":
                var graph = new Morgan.ModelBuilder.Onnx.OnnxGraph("image");
                var input = graph.Input("pixel_values", Morgan.ModelBuilder.Onnx.OnnxElementType.Float, "batch", 4);
                graph.Output(graph.Add("Relu", [input]), Morgan.ModelBuilder.Onnx.OnnxElementType.Float, "batch", 4);
                _model.Write("model.onnx", new Morgan.ModelBuilder.Onnx.OnnxModel(graph).ToBytes());
                break;
        }

        var failure = await Assert.ThrowsAsync<Morgan.ServiceDefaults.Configuration.ConfigurationException>(() => StartAsync());
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message.Trim());
    }

    [Fact]
    public async Task FolderMissing_AtStart_NamesTheKey()
    {
        var failure = await Assert.ThrowsAsync<Morgan.ServiceDefaults.Configuration.ConfigurationException>(
            () => EmbeddingHost.StartAsync("--Embedding:DefaultModel", "m", "--Embedding:Models:m:Source", "/nowhere/at/all"));
        Assert.StartsWith("Embedding:Models:m:Source", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StaticModel_OfOtherSizeAndTokenizer_HasItsReferenceVectors()
    {
        var folder = Shared.Path("models/wink-100d");
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Models:wink:Source", folder);
        var reference = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "reference.json"), TestContext.Current.CancellationToken))!;

        // Beyond ASCII the reference's tokenizer has JavaScript's idea of a word, which is not Hugging Face's.
        foreach (var item in reference["items"]!.AsArray().Where(item => System.Text.Ascii.IsValid((string)item!["text"]!)))
        {
            var expected = item!["embedding"]!.AsArray().Select(number => number!.GetValue<float>()).ToArray();
            var answer = await host.EmbedAsync(new JsonObject { ["model"] = "wink", ["input"] = (string)item["text"]! });
            var actual = EmbeddingHost.VectorOf(answer["data"]![0]!);
            var cosine = System.Numerics.Tensors.TensorPrimitives.CosineSimilarity<float>(actual, expected);
            Assert.True(float.IsNaN(cosine) ? Array.TrueForAll(actual, x => x == 0) : cosine > 0.999, $"{item["text"]}: {cosine}");
        }
    }

    private static double[] Mean(double[][] tokens) => [.. Enumerable.Range(0, tokens[0].Length).Select(i => tokens.Average(token => token[i]))];

    private void WriteModules(params string[] types) => _model.Write("modules.json", new JsonArray([.. types.Select((type, i) => new JsonObject
    {
        ["idx"] = i,
        ["path"] = i == 0 ? "" : $"{i}_{type}",
        ["type"] = $"sentence_transformers.models.{type}",
    })]));

    private Task<EmbeddingHost> StartAsync(params string[] args) =>
        EmbeddingHost.StartAsync(["--Embedding:DefaultModel", "tiny", "--Embedding:Models:tiny:Source", _model.Folder, .. args]);

    private static async Task<float[]> EmbedAsync(EmbeddingHost host, string text, params (string Name, string Value)[] fields)
    {
        var body = new JsonObject { ["model"] = "tiny", ["input"] = text };
        foreach (var (name, value) in fields)
        {
            body[name] = value;
        }

        return EmbeddingHost.VectorOf((await host.EmbedAsync(body))["data"]![0]!);
    }

    private static async Task<JsonNode> ReportAsync(EmbeddingHost host)
    {
        var models = JsonNode.Parse(await host.Client.GetStringAsync("/admin/models", TestContext.Current.CancellationToken))!["models"]!.AsArray();
        return models.Single(model => (string?)model!["id"] == "tiny")!;
    }

    private static async Task<string?> BackendAsync(EmbeddingHost host) => (string?)(await ReportAsync(host))["backend"];
}
