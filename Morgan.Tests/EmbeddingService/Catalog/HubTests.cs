using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Morgan.Tests.EmbeddingService.Catalog;

/// <summary>Models by repository id, against a server that behaves as the hub does.</summary>
public sealed class HubTests : IDisposable
{
    private readonly TinyModel _model = new();
    private readonly string _cache = Directory.CreateTempSubdirectory("hub-").FullName;

    public HubTests()
    {
        _model.Write("config.json", new JsonObject());
        _model.WriteTokenGraph("onnx/model.onnx");
        _model.Write("README.md", "not needed"u8.ToArray());
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public async Task Repository_IsDownloadedIntoTheSharedLayoutAndUsed()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        await using var host = await StartAsync(hub);
        var vector = await EmbedAsync(host);
        var folder = Path.Combine(_cache, "models--org--tiny");

        TinyModel.AssertClose(TinyModel.Normalized([.. Enumerable.Range(0, 6).Select(i => _model.TokensOf("hub").Average(token => token[i]))]), vector);
        Assert.Equal(FakeHub.Commit, await File.ReadAllTextAsync(Path.Combine(folder, "refs", "main"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(folder, "snapshots", FakeHub.Commit, "onnx", "model.onnx")));
        Assert.False(File.Exists(Path.Combine(folder, "snapshots", FakeHub.Commit, "README.md")));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.incomplete", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task SecondProcess_OrStart_DownloadsNothing()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        await using var first = await StartAsync(hub);
        await using var second = await StartAsync(hub);
        await Task.WhenAll(EmbedAsync(first), EmbedAsync(second));
        var downloads = hub.Downloads;
        await using var third = await StartAsync(hub);
        await EmbedAsync(third);

        Assert.Equal(3, downloads);
        Assert.Equal(3, hub.Downloads);
    }

    [Fact]
    public async Task InterruptedDownload_GoesOnWhereItStopped()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        (hub.CutAfter, hub.Cuts) = (100, 3);
        await using var host = await StartAsync(hub);
        await EmbedAsync(host);
        Assert.Equal(0, hub.Cuts);
    }

    [Fact]
    public async Task WrongHash_IsNeverUsed()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        hub.LiesAboutHash = true;
        await using var host = await StartAsync(hub);
        using var response = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = "a" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.False(File.Exists(Path.Combine(_cache, "models--org--tiny", "snapshots", FakeHub.Commit, "onnx", "model.onnx")));
    }

    [Theory]
    [InlineData("../../outside.json")]
    [InlineData("/etc/passwd.json")]
    [InlineData("a/../../b.json")]
    [InlineData("..\\windows.json")]
    [InlineData("C:/windows.json")]
    [InlineData("a//b.json")]
    public async Task FileNameOutsideTheRepository_RefusesIt(string name)
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        hub.OddFile = name;
        Assert.Contains("no path inside", await FailureAsync(hub), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrivateRepository_WithoutToken_NamesTheVariable()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        hub.WantedToken = "hf_secret";
        Assert.Contains("HF_TOKEN", await FailureAsync(hub), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrivateRepository_WithToken_IsDownloadedAndTheStoreNeverSeesTheToken()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        hub.WantedToken = "hf_secret";
        await using var host = await StartAsync(hub, "--HF_TOKEN", "hf_secret");
        await EmbedAsync(host);
        Assert.False(hub.TokenSentToStore);
    }

    [Fact]
    public async Task UnknownRevision_NamesIt()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        Assert.Contains("v9", await FailureAsync(hub, "--Embedding:Models:tiny:Revision", "v9"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_UsesTheCopyOrSaysThatThereIsNone()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        Assert.Contains("HF_HUB_OFFLINE", await FailureAsync(hub, "--HF_HUB_OFFLINE", "1"), StringComparison.Ordinal);
        await using (var online = await StartAsync(hub))
        {
            await EmbedAsync(online);
        }

        var downloads = hub.Downloads;
        await using var offline = await StartAsync(hub, "--HF_HUB_OFFLINE", "1");
        await EmbedAsync(offline);
        Assert.Equal(downloads, hub.Downloads);
    }

    [Fact]
    public async Task HubAway_UsesTheCopy()
    {
        Uri address;
        await using (var hub = await FakeHub.StartAsync(_model.Folder))
        {
            address = hub.Address;
            await using var online = await StartAsync(hub);
            await EmbedAsync(online);
        }

        await using var host = await StartAtAsync(address);
        await EmbedAsync(host);
    }

    [Fact]
    public async Task DefaultModelFromTheHub_ServerStartsAndBecomesHealthyWithIt()
    {
        await using var hub = await FakeHub.StartAsync(_model.Folder);
        await using var host = await StartAsync(hub, "--Embedding:DefaultModel", "tiny");
        using var client = new HttpClient { BaseAddress = host.Address };
        var deadline = DateTime.UtcNow.AddSeconds(30);
        HttpStatusCode status;
        do
        {
            using var health = await client.GetAsync("/health", TestContext.Current.CancellationToken);
            status = health.StatusCode;
            Assert.True(DateTime.UtcNow < deadline, string.Create(CultureInfo.InvariantCulture, $"still {status}"));
        }
        while (status != HttpStatusCode.OK);
    }

    private async Task<string> FailureAsync(FakeHub hub, params string[] args)
    {
        await using var host = await StartAsync(hub, args);
        using var load = await host.PostAsync("/admin/models/tiny/load", new JsonObject());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, load.StatusCode);
        var models = JsonNode.Parse(await host.Client.GetStringAsync("/admin/models", TestContext.Current.CancellationToken))!["models"]!.AsArray();
        return (string)models.Single(model => (string?)model!["id"] == "tiny")!["error"]!;
    }

    private static async Task<float[]> EmbedAsync(EmbeddingHost host) =>
        EmbeddingHost.VectorOf((await host.EmbedAsync(new JsonObject { ["model"] = "tiny", ["input"] = "hub" }))["data"]![0]!);

    private Task<EmbeddingHost> StartAsync(FakeHub hub, params string[] args) => StartAtAsync(hub.Address, args);

    private Task<EmbeddingHost> StartAtAsync(Uri hub, params string[] args) => EmbeddingHost.StartAsync(
        ["--HF_ENDPOINT", hub.ToString(), "--HF_HUB_CACHE", _cache, "--Embedding:Models:tiny:Source", "org/tiny", .. args]);
}
