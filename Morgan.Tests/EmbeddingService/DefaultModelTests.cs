using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using Morgan.Benchmarks.Load;

namespace Morgan.Tests.EmbeddingService;

/// <summary>The model that Morgan ships, through the whole service.</summary>
public sealed class DefaultModelTests(DefaultHost fixture) : IClassFixture<DefaultHost>
{
    [Fact]
    public async Task DefaultModel_ReferenceTexts_HaveTheReferenceVectors()
    {
        var reference = JsonNode.Parse(await File.ReadAllBytesAsync(Shared.Path("models/use-lite/reference.json"), TestContext.Current.CancellationToken))!;
        foreach (var item in reference["items"]!.AsArray())
        {
            var expected = item!["embedding"]!.AsArray().Select(number => number!.GetValue<float>()).ToArray();
            var answer = await fixture.Host.EmbedAsync(new JsonObject { ["input"] = (string)item["text"]! });
            var actual = EmbeddingHost.VectorOf(answer["data"]![0]!);
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(actual, expected), 0.997f, 1.00001f);
            Assert.Equal(Math.Min(128, (int)item["token_count"]!), (int)answer["usage"]!["prompt_tokens"]!);
        }
    }

    [Fact]
    public async Task DefaultModel_StsbDev_SpearmanIsAtLeast078() => Assert.InRange(await SpearmanAsync(fixture.Host), 0.78, 1);

    [Fact]
    public async Task Float32Graph_ReferenceTexts_HaveTheReferenceVectorsAndStsbIsTheSame()
    {
        await using var host = await EmbeddingHost.StartAsync(
            "--Embedding:DefaultModel", "exact", "--Embedding:Models:exact:Source", Shared.Path("models/use-lite"), "--Embedding:Models:exact:File", "model.onnx");
        var reference = JsonNode.Parse(await File.ReadAllBytesAsync(Shared.Path("models/use-lite/reference.json"), TestContext.Current.CancellationToken))!;
        foreach (var item in reference["items"]!.AsArray())
        {
            var expected = item!["embedding"]!.AsArray().Select(number => number!.GetValue<float>()).ToArray();
            var actual = (await host.VectorsAsync((string)item["text"]!))[0];
            Assert.InRange(TensorPrimitives.CosineSimilarity<float>(actual, expected), 0.99999f, 1.00001f);
            Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }

        Assert.Equal(await SpearmanAsync(host), await SpearmanAsync(fixture.Host), 0.005);
    }

    [Fact]
    public async Task DefaultModel_TextAloneAndInABatch_HasTheSameVector()
    {
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Cache:L1Bytes", "0");
        Assert.Equal(0, await LargestDifferenceAsync(host), 1e-6f);
    }

    [Fact]
    public async Task DefaultModel_NotDeterministic_DiffersWithinTheBoundThatTheDocumentationStates()
    {
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Cache:L1Bytes", "0", "--Embedding:Batching:Deterministic", "false");
        Assert.InRange(await LargestDifferenceAsync(host), 1e-6f, 0.05f);
    }

    // Of any component, between a text's vector alone and among others.
    private static async Task<float> LargestDifferenceAsync(EmbeddingHost host)
    {
        string[] texts = [.. Enumerable.Range(1, 96).Select(i => $"{i} {string.Join(' ', Enumerable.Repeat(i % 2 == 0 ? "rain" : "guitar", 1 + (i % 30)))}")];
        var together = await host.VectorsAsync(texts);
        var largest = 0f;
        for (var i = 0; i < texts.Length; i += 5)
        {
            var alone = (await host.VectorsAsync(texts[i]))[0];
            largest = Math.Max(largest, alone.Zip(together[i], (a, b) => Math.Abs(a - b)).Max());
        }

        return largest;
    }

    private static async Task<double> SpearmanAsync(EmbeddingHost host)
    {
        var pairs = (await File.ReadAllLinesAsync(Shared.Path("datasets/stsb/stsb-en-dev.csv"), TestContext.Current.CancellationToken))
            .Where(line => line.Length > 0).Select(StsbSentences.Fields).ToArray();
        Assert.Equal(1500, pairs.Length);
        var left = await host.VectorsAsync([.. pairs.Select(pair => pair[0])]);
        var right = await host.VectorsAsync([.. pairs.Select(pair => pair[1])]);
        double[] cosines = [.. left.Zip(right, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b))];
        double[] scores = [.. pairs.Select(pair => double.Parse(pair[2], CultureInfo.InvariantCulture))];
        return Pearson(Ranks(cosines), Ranks(scores));
    }

    // Equal values share the mean of their ranks.
    private static double[] Ranks(double[] values)
    {
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Length];
        for (var from = 0; from < order.Length;)
        {
            var to = from;
            while (to < order.Length && values[order[to]] == values[order[from]])
            {
                to++;
            }

            for (var i = from; i < to; i++)
            {
                ranks[order[i]] = (from + to - 1) / 2.0;
            }

            from = to;
        }

        return ranks;
    }

    private static double Pearson(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        var covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        return covariance / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }
}
