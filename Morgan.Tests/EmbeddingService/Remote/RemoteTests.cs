using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Tests.EmbeddingService.Remote;

public sealed class RemoteTests
{
    [Fact]
    public async Task RemoteModel_Texts_ComeFromItsHostAndThenFromTheCache()
    {
        await using var remote = await FakeHost.StartAsync();
        await using var host = await StartAsync(remote);
        var body = new JsonObject { ["model"] = "far", ["input"] = new JsonArray("ab", "abcd") };
        using var first = await host.PostAsync("/v1/embeddings", body);
        using var second = await host.PostAsync("/v1/embeddings", body);
        var answer = JsonNode.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

        Assert.Equal([2f, 1f, 0.5f], EmbeddingHost.VectorOf(answer["data"]![0]!));
        Assert.Equal([4f, 1f, 0.5f], EmbeddingHost.VectorOf(answer["data"]![1]!));
        Assert.Equal(20, (int)answer["usage"]!["prompt_tokens"]!);
        Assert.Equal("l1=2,l2=0,miss=0", second.Headers.GetValues("x-morgan-cache").Single());
        Assert.Equal("far-model", remote.LastModel);
    }

    [Fact]
    public async Task FirstHostFails_TheSecondAnswers()
    {
        await using var broken = await FakeHost.StartAsync();
        await using var working = await FakeHost.StartAsync();
        await using var host = await StartAsync(broken, working);
        await host.EmbedAsync(new JsonObject { ["model"] = "far", ["input"] = "warm" });
        broken.Answer = _ => Results.StatusCode(503);
        for (var i = 0; i < 10; i++)
        {
            var answer = await host.EmbedAsync(new JsonObject { ["model"] = "far", ["input"] = $"text {i}" });
            Assert.Equal(6f, EmbeddingHost.VectorOf(answer["data"]![0]!)[0]);
        }
    }

    [Fact]
    public async Task HostAnswersNonsense_Is502NotAVector()
    {
        await using var remote = await FakeHost.StartAsync();
        await using var host = await StartAsync(remote);
        await host.EmbedAsync(new JsonObject { ["model"] = "far", ["input"] = "warm" });
        remote.Answer = _ => Results.Json(new { data = new[] { new { index = 0, embedding = new object[] { 1, "x" } } } });
        using var response = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "far", ["input"] = "nonsense" });
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task TokenIds_AreRefusedByName()
    {
        await using var remote = await FakeHost.StartAsync();
        await using var host = await StartAsync(remote);
        using var response = await host.PostAsync("/v1/embeddings", new JsonObject { ["model"] = "far", ["input"] = new JsonArray(1, 2) });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task RemoteModelWithoutHosts_DoesNotStart()
    {
        var failure = await Assert.ThrowsAsync<Morgan.ServiceDefaults.Configuration.ConfigurationException>(() => EmbeddingHost.StartAsync(
            "--Embedding:Models:far:Source", "m", "--Embedding:Models:far:Backend", "remote"));
        Assert.StartsWith("Embedding:Remote:Hosts", failure.Message, StringComparison.Ordinal);
    }

    private static Task<EmbeddingHost> StartAsync(params FakeHost[] hosts) => EmbeddingHost.StartAsync(
    [
        "--Embedding:Models:far:Source", "far-model", "--Embedding:Models:far:Backend", "remote", "--Embedding:Remote:Retry:BaseDelay", "00:00:00.010",
        .. hosts.SelectMany((host, i) => new[]
        {
            $"--Embedding:Remote:Hosts:{i}:Name", $"h{i}", $"--Embedding:Remote:Hosts:{i}:Url", new Uri(host.Address, "/v1").ToString(),
        }),
    ]);

    /// <summary>A host whose vector is the text's length and a constant, and which counts ten tokens a text.</summary>
    private sealed class FakeHost(WebApplication app) : IAsyncDisposable
    {
        public Uri Address { get; } = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        public string? LastModel { get; private set; }

        public Func<JsonNode, IResult>? Answer { get; set; }

        public static async Task<FakeHost> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning"]);
            var app = builder.Build();
            FakeHost? host = null;
            app.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "far-model" } } }));
            app.MapPost("/v1/embeddings", (JsonNode body) => host!.Embed(body));
            await app.StartAsync(TestContext.Current.CancellationToken);
            return host = new FakeHost(app);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private IResult Embed(JsonNode body)
        {
            LastModel = (string?)body["model"];
            if (Answer is { } answer)
            {
                return answer(body);
            }

            var texts = body["input"]!.AsArray().Select(text => (string)text!).ToArray();
            var data = texts.Select((text, i) => new { @object = "embedding", index = i, embedding = new[] { text.Length, 1, 0.5 } }).Reverse();
            return Results.Json(new { data, usage = new { prompt_tokens = 10 * texts.Length } });
        }
    }
}
