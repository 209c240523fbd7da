using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Catalog;

namespace Morgan.Tests.EmbeddingService.Endpoints;

/// <summary>The admin paths of the cache and of models.</summary>
public sealed class AdminTests
{
    [Fact]
    public async Task CacheWarm_Texts_AreComputedOnceAndThenHits()
    {
        await using var host = await EmbeddingHost.StartAsync();
        var texts = new JsonObject { ["texts"] = new JsonArray("warm one", "warm two") };
        using var first = await host.PostAsync("/admin/cache/warm", texts);
        using var second = await host.PostAsync("/admin/cache/warm", texts);
        using var used = await host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "warm one" });

        Assert.Equal("""{"texts":2,"cached":0,"computed":2}""", await TextAsync(first));
        Assert.Equal("""{"texts":2,"cached":2,"computed":0}""", await TextAsync(second));
        Assert.Equal("l1=1,l2=0,miss=0", used.Headers.GetValues("x-morgan-cache").Single());
    }

    [Fact]
    public async Task CacheWarm_BadBody_NamesTheParameter()
    {
        await using var host = await EmbeddingHost.StartAsync();
        using var response = await host.PostAsync("/admin/cache/warm", new JsonObject { ["texts"] = new JsonArray() });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("texts", (string?)JsonNode.Parse(await TextAsync(response))!["error"]!["param"]);
    }

    [Fact]
    public async Task Cache_Report_CountsEntriesBytesHitsAndWhatTheySaved()
    {
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Cache:L1Bytes", "1000000");
        await host.VectorsAsync("counted", "counted too", "and this");
        await host.VectorsAsync("counted");
        var report = JsonNode.Parse(await host.Client.GetStringAsync("/admin/cache", TestContext.Current.CancellationToken))!;
        var (l1, l2) = (report["l1"]!, report["l2"]!);

        Assert.Equal(3, (int)l1["entries"]!);
        Assert.InRange((long)l1["bytes"]!, 3 * 512 * 4, 1_000_000);
        Assert.Equal(1_000_000, (long)l1["maxBytes"]!);
        Assert.Equal((1, 3), ((int)l1["hits"]!, (int)l1["misses"]!));
        Assert.Equal(0.25, (double)l1["hitRate"]!);
        Assert.False((bool)l2["connected"]!);
        Assert.True((double)report["savedInferenceSeconds"]! >= 0);
    }

    [Fact]
    public async Task CacheClear_SaysItsGenerationAndForgetsEverything()
    {
        await using var host = await EmbeddingHost.StartAsync();
        await host.VectorsAsync("forgotten");
        using var cleared = await host.Client.DeleteAsync("/admin/cache", TestContext.Current.CancellationToken);
        using var anew = await host.PostAsync("/v1/embeddings", new JsonObject { ["input"] = "forgotten" });

        Assert.True((long)JsonNode.Parse(await TextAsync(cleared))!["epoch"]! > 0);
        Assert.Equal("l1=0,l2=0,miss=1", anew.Headers.GetValues("x-morgan-cache").Single());
    }

    [Fact]
    public async Task Model_LoadedAndUnloadedByHand_SaysSo()
    {
        using var tiny = new TinyModel();
        tiny.WriteTokenGraph("model.onnx");
        await using var host = await EmbeddingHost.StartAsync("--Embedding:Models:org/tiny:Source", tiny.Folder);
        using var loaded = await host.PostAsync("/admin/models/org%2Ftiny/load", new JsonObject());
        using var unloaded = await host.PostAsync("/admin/models/org%2Ftiny/unload", new JsonObject());
        using var again = await host.PostAsync("/admin/models/org%2Ftiny/unload", new JsonObject());

        Assert.Equal("loaded", (string?)JsonNode.Parse(await TextAsync(loaded))!["state"]);
        Assert.True((bool)JsonNode.Parse(await TextAsync(unloaded))!["wasLoaded"]!);
        Assert.False((bool)JsonNode.Parse(await TextAsync(again))!["wasLoaded"]!);
        Assert.Equal(ModelState.Unloaded, host.Services.GetRequiredService<ModelCatalog>().Find("org/tiny")!.State);
    }

    private static Task<string> TextAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
