using System.Text.Json.Nodes;

namespace Morgan.Tests.EmbeddingService.Memory;

/// <summary>
/// What would be lost is made so large that other tests' leavings do not matter; the fine measure is the benchmark's
/// <c>memory</c> suite.
/// </summary>
[Collection(MemoryCollection.Name)]
public sealed class MemoryTests
{
    private const int Mega = 1 << 20;
    private const int ModelBytes = 48 * Mega;

    [Fact]
    public async Task Unload_AfterManyLoads_HasGivenTheMemoryBack()
    {
        using var large = new TinyModel();
        large.WriteLargeGraph("model.onnx", ModelBytes);
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Models:large:Source", large.Folder);
        await CycleAsync(host);
        var before = Resident();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await CycleAsync(host) > ModelBytes / 2, "an unload gave back less than half of the model");
        }

        // Kept models would take ten times their size.
        Assert.InRange(Resident() - before, long.MinValue, 2 * ModelBytes);
    }

    [Fact]
    public async Task LongTextsOfEveryLength_LeaveTheProcessAsItWas()
    {
        using var tiny = new TinyModel();
        tiny.WriteTokenGraph("model.onnx");
        await using var host = await EmbeddingHost.StartAsync(
            "--Embedding:DefaultModel", "tiny", "--Embedding:Models:tiny:Source", tiny.Folder, "--Embedding:Models:tiny:MaxTokens", "400000", "--Embedding:Cache:L1Bytes", "0",
            "--Embedding:Batching:MaxQueuedTokens", "10000000");
        var random = new Random(3);
        Task EmbedAsync() => host.VectorsAsync(new string((char)('a' + random.Next(26)), 1 + random.Next(400_000)));
        for (var i = 0; i < 20; i++)
        {
            await EmbedAsync();
        }

        var before = Resident();
        for (var i = 0; i < 80; i++)
        {
            await EmbedAsync();
        }

        // The arrays of these runs take over 800 MB together.
        Assert.InRange(Resident() - before, long.MinValue, 150 * Mega);
    }

    [Fact]
    public async Task TextsOfEveryLength_LeaveTheProcessAsItWas()
    {
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Cache:L1Bytes", "4000000");
        var (random, made) = (new Random(4), 0);
        Task EmbedAsync() => host.VectorsAsync([.. Enumerable.Range(0, 100).Select(_ => $"{made++} {string.Join(' ', Enumerable.Repeat("rain", random.Next(140)))}")]);
        for (var i = 0; i < 10; i++)
        {
            await EmbedAsync();
        }

        var before = Resident();
        for (var i = 0; i < 20; i++)
        {
            await EmbedAsync();
        }

        Assert.InRange(Resident() - before, long.MinValue, 48 * Mega);
    }

    // Without what the collector would give back when somebody asks.
    private static long Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    private static async Task<long> CycleAsync(EmbeddingHost host)
    {
        using var loaded = await host.PostAsync("/admin/models/large/load", new JsonObject());
        Assert.True(loaded.IsSuccessStatusCode);
        await host.EmbedAsync(new JsonObject { ["model"] = "large", ["input"] = "text" });
        using var unloaded = await host.PostAsync("/admin/models/large/unload", new JsonObject());
        return (long)JsonNode.Parse(await unloaded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["freedBytes"]!;
    }
}
