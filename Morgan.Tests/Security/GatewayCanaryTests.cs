using System.Net;
using System.Text;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Morgan.LlmService;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Security;

/// <summary>Secrets go in by every door of the gateway, also where it fails, and none comes out.</summary>
public sealed class GatewayCanaryTests
{
    private static readonly string[] Models =
        ["m-ok", "m-400", "m-401", "m-404", "m-429", "m-500", "m-html", "m-redirect", "m-in-200", "m-cut", "m-abort", "m-slow"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gateway_OnEveryPath_LetsNoSecretOut(bool stream)
    {
        var canaries = new Canaries();
        var keyFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(keyFile, canaries["azure-key"], Cancelled);
        await using var outlets = await Outlets.OpenAsync();
        await using var host = await ScriptedHost.StartAsync((context, body) => BadHostAsync(context, body, canaries["answer"]), ModelList());
        await using (var gateway = await StartAsync(outlets, host, canaries, keyFile))
        {
            await AskAllAsync(gateway, outlets, canaries, stream);
            await LookAsync(gateway, outlets, canaries);
            await Eventually.TrueAsync(() => outlets.HasOtlp("/v1/traces") && outlets.HasOtlp("/v1/metrics") && outlets.HasOtlp("/v1/logs"), "telemetry came");
        }

        File.Delete(keyFile);
        Assert.Contains(host.Requests, request => request.Headers.GetValueOrDefault("Authorization") == $"Bearer {canaries["host-key"]}");
        Assert.Contains(host.Requests, request => request.Headers.GetValueOrDefault("api-key") == canaries["azure-key"]);
        Assert.Contains(host.Requests, request => request.Headers.GetValueOrDefault("Authorization") == $"Bearer {canaries["entra-token"]}");
        canaries.AssertNoneIn(host.Requests.Select(request => ("a request to a host", string.Join(' ', request.Headers.Values))), "host-key", "azure-key", "entra-token");
        canaries.AssertNoneIn(outlets.Seen.Where(IsAnswer), "answer", "prompt");
        canaries.AssertNoneIn(outlets.Seen.Where(piece => !IsAnswer(piece)));
    }

    [Theory]
    [InlineData("Llm:Hosts:0:Url", "http://user:{0}@gpu/v1")]
    [InlineData("Llm:Hosts:0:Url", "http://gpu/v1?api-key={0}")]
    [InlineData("Llm:Embedding:Url", "ftp://user:{0}@embedding")]
    [InlineData("Llm:Embedding:Url", "http://user:{0}@embedding")]
    [InlineData("Auth:Keys:0:KeySha256", "{0}")]
    [InlineData("Auth:Keys:0:NotAfter", "{0}")]
    [InlineData("Llm:Hosts:0:Weight", "{0}")]
    [InlineData("Llm:Hosts:0:Credential", "{0}")]
    [InlineData("Llm:Hosts:0:ApiKeey", "{0}")]
    public async Task Start_WithASecretInTheWrongPlace_IsRefusedWithoutIt(string key, string value)
    {
        var canaries = new Canaries();
        await using var outlets = await Outlets.OpenAsync();
        string[] settings = ["--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={canaries.Sha256("key")}", "--Llm:Hosts:0:Name=gpu", "--Llm:Hosts:0:Url=http://gpu/v1"];

        var failure = await Assert.ThrowsAnyAsync<ConfigurationException>(() => RunningApp.StartAsync(
            LlmApplication.Create, [.. outlets.Settings, .. settings, $"--{key}={string.Format(null, value, canaries["misplaced"])}"], builder => builder.Logging.AddProvider(outlets)));

        Assert.Contains(key.Split(':')[^1], failure.Message, StringComparison.Ordinal);
        canaries.AssertNoneIn([.. outlets.Seen, ("the message", failure.Message)]);
    }

    private static bool IsAnswer((string Where, string Text) piece) => piece.Where.StartsWith("the answer to POST", StringComparison.Ordinal);

    private static Task<RunningGateway> StartAsync(Outlets outlets, ScriptedHost host, Canaries canaries, string keyFile) => RunningGateway.StartAsync(
        [],
        builder =>
        {
            builder.Logging.AddProvider(outlets);
            builder.Services.AddSingleton<TokenCredential>(new CanaryCredential(canaries["entra-token"]));
        },
        [
            .. outlets.Settings, $"--OTEL_EXPORTER_OTLP_HEADERS=x-otlp-api-key={canaries["collector-key"]}",
            "--Auth:Keys:0:Id=user", $"--Auth:Keys:0:KeySha256={canaries.Sha256("user-key")}", "--Auth:Keys:0:Tenant=acme",
            "--Auth:Keys:1:Id=ops", $"--Auth:Keys:1:KeySha256={canaries.Sha256("admin-key")}", "--Auth:Keys:1:Admin=true",
            "--Auth:Keys:2:Id=old", $"--Auth:Keys:2:KeySha256={canaries.Sha256("expired-key")}", "--Auth:Keys:2:NotAfter=2020-01-01T00:00:00Z",
            "--Auth:Keys:3:Id=small", $"--Auth:Keys:3:KeySha256={canaries.Sha256("narrow-key")}", "--Auth:Keys:3:Models:0=none",
            "--Tenants:acme:RequestsPerMinute=1000",
            $"--ConnectionStrings:state=127.0.0.1:1,password={canaries["redis-password"]},connectTimeout=200,connectRetry=1",
            "--Llm:Hosts:0:Name=plain", $"--Llm:Hosts:0:Url={host.Address}v1", $"--Llm:Hosts:0:ApiKey={canaries["host-key"]}",
            "--Llm:Hosts:1:Name=az", $"--Llm:Hosts:1:Url={host.Address}", $"--Llm:Hosts:1:ApiKeyFile={keyFile}",
            "--Llm:Hosts:1:Kind=azure", "--Llm:Hosts:1:ApiVersion=1", "--Llm:Hosts:1:Models:az-400=az-400", "--Llm:Hosts:1:Models:az-ok=az-ok",
            "--Llm:Hosts:2:Name=entra", $"--Llm:Hosts:2:Url={host.Address}", "--Llm:Hosts:2:Credential=entra",
            "--Llm:Hosts:2:Kind=azure", "--Llm:Hosts:2:ApiVersion=1", "--Llm:Hosts:2:Models:en-400=en-400",
            "--Llm:Hosts:3:Name=dead", "--Llm:Hosts:3:Url=http://127.0.0.1:1/v1", "--Llm:Hosts:3:Models:dead=dead", $"--Llm:Hosts:3:ApiKey={canaries["dead-key"]}",
            "--Llm:Embedding:Url=http://127.0.0.1:1", $"--Llm:Embedding:Key={canaries["embedding-key"]}",
            "--Llm:Retry:MaxRetries=0", "--Llm:CircuitBreaker:FailureThreshold=1000", "--Llm:Timeouts:Response=00:00:01", "--Llm:Timeouts:FirstByte=00:00:01",
        ]);

    private static async Task AskAllAsync(RunningGateway gateway, Outlets outlets, Canaries canaries, bool stream)
    {
        string Body(string model) => $$"""
            {"model":"{{model}}","messages":[{"role":"user","content":"{{canaries["prompt"]}}"}],"input":"{{canaries["prompt"]}}","stream":{{(stream ? "true" : "false")}},
             "user":"{{canaries["prompt"]}}","tools":[{"type":"function","function":{"name":"f","description":"{{canaries["prompt"]}}"} }]}
            """;
        foreach (var model in (string[])[.. Models, "az-400", "az-ok", "en-400", "dead", "unknown"])
        {
            foreach (var path in (string[])["chat/completions", "responses"])
            {
                await outlets.AddAsync($"POST {path} {model}", PostAsync(gateway, canaries, path, Body(model), "user-key"));
            }
        }

        await outlets.AddAsync("POST embeddings of a host", PostAsync(gateway, canaries, "embeddings", Body("m-400"), "user-key"));
        await outlets.AddAsync("POST embeddings of nobody", PostAsync(gateway, canaries, "embeddings", $$"""{"input":"{{canaries["prompt"]}}"}""", "user-key"));
        foreach (var key in (string[])["unknown-key", "expired-key", "narrow-key", "admin-key"])
        {
            var (status, _) = await outlets.AddAsync($"POST with {key}", PostAsync(gateway, canaries, "chat/completions", Body("m-ok"), key));
            Assert.Equal(key switch { "admin-key" => HttpStatusCode.OK, "narrow-key" => HttpStatusCode.Forbidden, _ => HttpStatusCode.Unauthorized }, status);
        }

        foreach (var broken in (string[])[$"{{\"model\":\"m-ok\",\"x\":{canaries["prompt"]}}}", $"\"{canaries["prompt"]}", Body("m-ok") + canaries["prompt"], $"{{\"model\":[\"{canaries["prompt"]}\"]}}"])
        {
            var (status, _) = await outlets.AddAsync("POST of a broken body", PostAsync(gateway, canaries, "chat/completions", broken, "user-key"));
            Assert.Equal(HttpStatusCode.BadRequest, status);
        }
    }

    private static async Task LookAsync(RunningGateway gateway, Outlets outlets, Canaries canaries)
    {
        foreach (var key in (string[])["", "unknown-key", "user-key", "admin-key"])
        {
            foreach (var path in (string[])["/health", "/alive", "/metrics", "/", "/v1/models", "/v1/models/m-ok", "/v1/nothing", "/admin/hosts", "/admin/hosts/plain/checks", "/admin/tenants", "/admin/tenants/acme"])
            {
                await outlets.AddAsync($"GET {path} with '{key}'", SendAsync(gateway, canaries, HttpMethod.Get, path, null, key));
            }
        }

        using var feed = await SendAsync(gateway, canaries, HttpMethod.Get, "/admin/status", null, "admin-key");
        using var lines = new StreamReader(await feed.Content.ReadAsStreamAsync(Cancelled));
        for (var i = 0; i < 4; i++)
        {
            outlets.Add("the status feed", await lines.ReadLineAsync(Cancelled) ?? "");
            await outlets.AddAsync("POST while the feed is on", PostAsync(gateway, canaries, "chat/completions", RunningGateway.ChatBody(model: "m-500"), "user-key"));
        }
    }

    private static Task<HttpResponseMessage> PostAsync(RunningGateway gateway, Canaries canaries, string path, string body, string key) =>
        SendAsync(gateway, canaries, HttpMethod.Post, $"/v1/{path}", body, key);

    private static Task<HttpResponseMessage> SendAsync(RunningGateway gateway, Canaries canaries, HttpMethod method, string path, string? body, string key)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {canaries[key]}");
        }

        request.Headers.TryAddWithoutValidation("Cookie", canaries["cookie"]);
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", canaries["proxy-key"]);
        request.Headers.TryAddWithoutValidation("baggage", $"who={canaries["baggage"]}");
        return gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }

    private static string ModelList() => System.Text.Json.JsonSerializer.Serialize(new { data = Models.Select(id => new { id, owned_by = "x" }) });

    // A host that tells everybody what it was sent: its key in bodies, headers and the reason phrase's place.
    private static async Task BadHostAsync(HttpContext context, string body, string answer)
    {
        var sent = $"{context.Request.Headers.Authorization}{context.Request.Headers["api-key"]}";
        var model = System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("model").GetString()!;
        var what = model.Split('-', 2)[1];
        var error = $$"""{"error":{"message":"no good: {{sent}}","type":"x","param":null,"code":"x"},"headers":{"authorization":"{{sent}}"} }""";
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-echo"] = sent;
        switch (what)
        {
            case "400" or "401" or "404" or "429" or "500":
                context.Response.StatusCode = int.Parse(what, System.Globalization.CultureInfo.InvariantCulture);
                await context.Response.WriteAsync(error);
                break;
            case "html":
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync(sent);
                break;
            case "redirect":
                context.Response.Redirect($"/elsewhere?{Uri.EscapeDataString(sent)}");
                break;
            case "in-200":
                await WriteAsync(context, body, error);
                break;
            case "cut":
                await WriteAsync(context, body, $$"""{"id":"c","choices":[{"index":0,"delta":{"content":"{{answer}}"} }]}""");
                await WriteAsync(context, body, error);
                break;
            case "abort":
                await WriteAsync(context, body, $$"""{"id":"c","choices":[{"index":0,"delta":{"content":"{{answer}}"} }]}""");
                context.Abort();
                break;
            case "slow":
                await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            default:
                await WriteAsync(context, body, $$"""{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"{{answer}}"},"delta":{"content":"{{answer}}"},"finish_reason":"stop"}]}""");
                await WriteAsync(context, body, "[DONE]", streamOnly: true);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, string body, string data, bool streamOnly = false)
    {
        var streams = body.Contains("\"stream\":true", StringComparison.Ordinal);
        if (streams && !context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        await context.Response.WriteAsync(streams ? $"data: {data}\n\n" : streamOnly ? "" : data);
        await context.Response.Body.FlushAsync();
    }

    private sealed class CanaryCredential(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token, DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
