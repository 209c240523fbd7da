using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService.Catalog;

namespace Morgan.Tests.EmbeddingService.Catalog;

public sealed class ReloadTests : IDisposable
{
    private readonly TinyModel _model = new();
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("reload-").FullName, "morgan.json");

    public ReloadTests() => _model.WriteTokenGraph("model.onnx");

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    [Fact]
    public async Task ConfigFileChanged_ModelsComeAndGoWithoutARestart()
    {
        Write(new JsonObject());
        await using var host = await EmbeddingHost.StartAsync("--Morgan:ConfigFile", _file);
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        Assert.Null(catalog.Find("tiny"));

        Write(new JsonObject { ["tiny"] = new JsonObject { ["Source"] = _model.Folder } });
        await Wait.UntilAsync(() => catalog.Find("tiny") is not null, "the new model");
        using var embedded = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "tiny", ["input"] = "a" });
        Assert.Equal(HttpStatusCode.OK, embedded.StatusCode);
        var entry = catalog.Find("tiny")!;

        Write(new JsonObject { ["tiny"] = new JsonObject { ["Source"] = _model.Folder, ["MaxTokens"] = 2 } });
        await Wait.UntilAsync(() => !ReferenceEquals(catalog.Find("tiny"), entry), "the changed model");
        await Wait.UntilAsync(() => entry.State == ModelState.Unloaded, "the unloading of what was replaced");
        var kept = catalog.Find("use-lite");

        Write(new JsonObject { ["tiny"] = new JsonObject { ["Source"] = _model.Folder, ["MaxTokens"] = -1 }, ["other"] = new JsonObject { ["Source"] = "x" } });
        Write(new JsonObject { ["third"] = new JsonObject { ["Source"] = _model.Folder } });
        await Wait.UntilAsync(() => catalog.Find("third") is not null, "the version after the bad one");
        Assert.Null(catalog.Find("tiny"));
        Assert.Same(kept, catalog.Find("use-lite"));
    }

    private void Write(JsonObject models)
    {
        var path = $"{_file}.new";
        File.WriteAllText(path, new JsonObject { ["Embedding"] = new JsonObject { ["Models"] = models } }.ToJsonString());
        File.Move(path, _file, overwrite: true);
    }
}
