using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Morgan.EmbeddingService;
using Morgan.Tests.EmbeddingService;
using Morgan.Tests.EmbeddingService.Catalog;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Security;

/// <summary>Secrets go in by every door of the embedding service, also where it fails, and none comes out.</summary>
public sealed class EmbeddingCanaryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EmbeddingService_OnEveryPath_LetsNoSecretOut()
    {
        var canaries = new Canaries();
        var cache = Directory.CreateTempSubdirectory("canary-hub-").FullName;
        await using var outlets = await Outlets.OpenAsync();
        using var model = new TinyModel();
        await using var hub = await FakeHub.StartAsync(model.Folder);
        hub.WantedToken = "another";
        await using var host = await ScriptedHost.StartAsync(EchoAsync, models: null);
        await using (var app = await StartAsync(outlets, canaries, hub, host, cache))
        {
            await AskAllAsync(app, outlets, canaries);
            await LookAsync(app, outlets, canaries);
            await Eventually.TrueAsync(() => outlets.HasOtlp("/v1/traces") && outlets.HasOtlp("/v1/metrics") && outlets.HasOtlp("/v1/logs"), "telemetry came");
        }

        Directory.Delete(cache, recursive: true);
        Assert.Contains(host.Requests, request => request.Headers.GetValueOrDefault("Authorization") == $"Bearer {canaries["remote-key"]}");
        canaries.AssertNoneIn(outlets.Seen);
    }

    private static Task<RunningApp> StartAsync(Outlets outlets, Canaries canaries, FakeHub hub, ScriptedHost host, string cache) => RunningApp.StartAsync(
        EmbeddingApplication.Create,
        [
            .. outlets.Settings, "--Embedding:Batching:Callers=1", "--Embedding:Cache:L1Bytes=1048576",
            "--Auth:Keys:0:Id=user", $"--Auth:Keys:0:KeySha256={canaries.Sha256("user-key")}", "--Auth:Keys:0:Tenant=acme",
            "--Auth:Keys:1:Id=ops", $"--Auth:Keys:1:KeySha256={canaries.Sha256("admin-key")}", "--Auth:Keys:1:Admin=true",
            "--Tenants:acme:CachePartition=true",
            $"--ConnectionStrings:cache=127.0.0.1:1,password={canaries["redis-password"]},connectTimeout=200,connectRetry=1",
            $"--HF_TOKEN={canaries["hub-token"]}", $"--HF_ENDPOINT={hub.Address}", $"--HF_HUB_CACHE={cache}",
            "--Embedding:Models:far:Source=org/tiny", "--Embedding:Models:gone:Source=./no-such-folder",
            "--Embedding:Models:away:Source=m", "--Embedding:Models:away:Backend=remote",
            "--Embedding:Remote:Hosts:0:Name=r", $"--Embedding:Remote:Hosts:0:Url={host.Address}v1", $"--Embedding:Remote:Hosts:0:ApiKey={canaries["remote-key"]}",
            "--Embedding:Remote:Retry:MaxRetries=0",
        ],
        builder => builder.Logging.AddProvider(outlets));

    private static async Task AskAllAsync(RunningApp app, Outlets outlets, Canaries canaries)
    {
        var prompt = canaries["prompt"];
        (string Path, string Body)[] requests =
        [
            ("/v1/embeddings", $$"""{"input":"{{prompt}}","user":"{{prompt}}"}"""),
            ("/v1/embeddings", $$"""{"input":["{{prompt}}"],"model":"far"}"""),
            ("/v1/embeddings", $$"""{"input":["{{prompt}}"],"model":"gone"}"""),
            ("/v1/embeddings", $$"""{"input":["{{prompt}}"],"model":"away"}"""),
            ("/v1/embeddings", $$"""{"input":["{{prompt}}"],"encoding_format":"{{prompt}}"}"""),
            ("/v1/embeddings", $$"""{"input":["{{prompt}}",{"{{prompt}}":1}]}"""),
            ("/v1/embeddings", $$"""{"input":"{{prompt}}" {{prompt}}"""),
            ("/v1/similarity", $$"""{"a":"{{prompt}}","b":["{{prompt}} x"]}"""),
            ("/v1/similarity", $$"""{"a":"{{prompt}}","b":3}"""),
            ("/embed", $$"""{"inputs":"{{prompt}}"}"""), ("/embed", $$"""{"inputs":{"{{prompt}}":1} }"""),
            ("/similarity", $$"""{"inputs":{"source_sentence":"{{prompt}}","sentences":["{{prompt}}"]} }"""),
            ("/api/embed", $$"""{"model":"use-lite","input":"{{prompt}}"}"""), ("/api/embed", $$"""{"model":"gone","input":"{{prompt}}"}"""),
            ("/api/embeddings", $$"""{"model":"use-lite","prompt":"{{prompt}}"}"""),
            ("/admin/cache/warm", $$"""{"texts":["{{prompt}} warm"]}"""),
        ];
        foreach (var key in (string[])["user-key", "admin-key", "unknown-key"])
        {
            foreach (var (path, body) in requests)
            {
                await outlets.AddAsync($"POST {path} with {key}", SendAsync(app, canaries, HttpMethod.Post, path, body, key));
            }
        }
    }

    private static async Task LookAsync(RunningApp app, Outlets outlets, Canaries canaries)
    {
        foreach (var key in (string[])["", "user-key", "admin-key"])
        {
            foreach (var path in (string[])["/health", "/alive", "/metrics", "/info", "/api/tags", "/api/version", "/v1/models", "/v1/nothing", "/admin/models", "/admin/cache"])
            {
                await outlets.AddAsync($"GET {path} with '{key}'", SendAsync(app, canaries, HttpMethod.Get, path, null, key));
            }

            await outlets.AddAsync($"POST load with '{key}'", SendAsync(app, canaries, HttpMethod.Post, "/admin/models/far/load", "", key));
        }

        var (status, _) = await outlets.AddAsync("DELETE", SendAsync(app, canaries, HttpMethod.Delete, "/admin/cache", null, "admin-key"));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningApp app, Canaries canaries, HttpMethod method, string path, string? body, string key)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("api-key", canaries[key]);
        }

        return app.Client.SendAsync(request, Cancelled);
    }

    private static Task EchoAsync(HttpContext context)
    {
        context.Response.StatusCode = 400;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"error":{"message":"no good: {{context.Request.Headers.Authorization}}"} }""");
    }
}
