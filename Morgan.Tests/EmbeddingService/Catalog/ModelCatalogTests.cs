using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Catalog;

namespace Morgan.Tests.EmbeddingService.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly TinyModel _model = new();

    public ModelCatalogTests() => _model.WriteTokenGraph("model.onnx");

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Model_AskedForByManyAtOnce_IsLoadedOnce()
    {
        await using var host = await StartAsync();
        var entry = host.Services.GetRequiredService<ModelCatalog>().Find("tiny")!;
        Assert.Equal(ModelState.Unloaded, entry.State);
        var loaded = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => entry.HoldAsync(TestContext.Current.CancellationToken).AsTask()));

        Assert.Single(loaded.Distinct());
    }

    [Fact]
    public async Task Unload_WhileRequestsRun_FailsNoneAndReportsWhatCameBack()
    {
        await using var host = await StartAsync("--Embedding:Cache:L1Bytes", "0");
        var requests = Enumerable.Range(0, 8).Select(async worker =>
        {
            for (var i = 0; i < 40; i++)
            {
                using var response = await EmbedAsync(host, $"text{worker}{i}");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }).ToArray();
        for (var i = 0; i < 5; i++)
        {
            using var unloaded = await host.PostAsync("/admin/models/tiny/unload", new JsonObject());
            var report = JsonNode.Parse(await unloaded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal(HttpStatusCode.OK, unloaded.StatusCode);
            Assert.NotNull(report["freedBytes"]);
        }

        await Task.WhenAll(requests);
    }

    [Fact]
    public async Task Load_UnknownModel_Is404()
    {
        await using var host = await StartAsync();
        using var response = await host.PostAsync("/admin/models/nothing/load", new JsonObject());
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task KeepAlive_Over_UnloadsTheModel()
    {
        await using var host = await StartAsync("--Embedding:Models:tiny:KeepAlive", "00:00:00.5");
        using var response = await EmbedAsync(host, "alive");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entry = host.Services.GetRequiredService<ModelCatalog>().Find("tiny")!;
        await Wait.UntilAsync(() => entry.State == ModelState.Unloaded, "the unloading");
        using var again = await EmbedAsync(host, "alive");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task MemoryBudget_Full_IdleModelMakesRoom()
    {
        using var second = new TinyModel();
        second.WriteTokenGraph("model.onnx");
        var (shipped, tiny) = (SizeOf(ModelSource.ShippedFolder), SizeOf(_model.Folder));
        await using var host = await StartAsync(
            "--Embedding:Models:second:Source", second.Folder,
            "--Embedding:MaxModelBytes", ((long)((shipped + tiny) * 1.5) + 100).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        using var first = await EmbedAsync(host, "a");
        using var other = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "second", ["input"] = "a" });

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(ModelState.Unloaded, catalog.Find("tiny")!.State);
        Assert.Equal(ModelState.Loaded, catalog.Find("use-lite")!.State);
    }

    [Fact]
    public async Task MemoryBudget_TooSmall_Is503()
    {
        await using var host = await StartAsync("--Embedding:MaxModelBytes", "10833000");
        using var response = await EmbedAsync(host, "a");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task KeyForOtherModels_MayNotUseThis()
    {
        var sha = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("secret"u8));
        await using var host = await StartAsync("--Auth:Keys:0:Id", "k", "--Auth:Keys:0:KeySha256", sha, "--Auth:Keys:0:Models:0", "use-lite");
        using var response = await host.PostAsync(
            "/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = "a" }, ("Authorization", "Bearer secret"));
        using var admin = await host.PostAsync("/admin/models/tiny/load", new JsonObject(), ("Authorization", "Bearer secret"));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, admin.StatusCode);
    }

    private static long SizeOf(string folder) => new FileInfo(Path.Combine(folder, "model.onnx")).Length;

    private static Task<HttpResponseMessage> EmbedAsync(EmbeddingHost host, string text) =>
        host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = text });

    private Task<EmbeddingHost> StartAsync(params string[] args) =>
        EmbeddingHost.StartAsync(["--Embedding:Models:tiny:Source", _model.Folder, .. args]);
}
