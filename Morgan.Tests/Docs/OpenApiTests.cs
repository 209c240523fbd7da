using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService;
using Morgan.LlmService;
using Morgan.LlmSimulator;
using Morgan.ServiceDefaults.OpenApi;

namespace Morgan.Tests.Docs;

/// <summary>The OpenAPI documents are those of the endpoints that there are, and answers look as they say.</summary>
public sealed class OpenApiTests
{
    private static readonly string[] GatewayGets =
        ["/v1/models", "/v1/models/morgan-sim", "/health", "/alive", "/openapi/v1.json", "/admin/hosts", "/admin/hosts/sim", "/admin/hosts/sim/checks", "/admin/hosts/nobody", "/admin/tenants", "/v1/models/nothing"];

    private static readonly string[] EmbeddingGets =
        ["/v1/models", "/health", "/alive", "/openapi/v1.json", "/info", "/api/tags", "/api/version", "/admin/models", "/admin/cache"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateway_DocumentAndEndpoints_AreTheSame()
    {
        await using var app = await RunningApp.StartAsync(LlmApplication.Create);

        await RequireSameAsync(app);
    }

    [Fact]
    public async Task Embedding_DocumentAndEndpoints_AreTheSame()
    {
        await using var app = await RunningApp.StartAsync(EmbeddingApplication.Create);

        await RequireSameAsync(app);
    }

    [Fact]
    public async Task Gateway_Answers_AreAsTheDocumentSays()
    {
        await using var host = await RunningApp.StartAsync(SimulatorApplication.Create, ["Simulator:Plan:TimeToFirstTokenMs=1", "Simulator:Plan:InterTokenMs=1"]);
        await using var app = await RunningApp.StartAsync(
            LlmApplication.Create, ["Llm:Hosts:0:Name=sim", $"Llm:Hosts:0:Url={new Uri(host.Address, "/v1")}", "Llm:Hosts:0:Models:morgan-sim=morgan-sim"]);
        var document = await DocumentAsync(app);
        foreach (var path in GatewayGets)
        {
            await CheckAsync(app, document, new HttpRequestMessage(HttpMethod.Get, path));
        }

        await CheckAsync(app, document, Post("/v1/chat/completions", """{"model": "morgan-sim", "messages": [{"role": "user", "content": "Hello"}]}"""));
        await CheckAsync(app, document, Post("/v1/chat/completions", """{"model": "other", "messages": []}"""));
        await CheckAsync(app, document, Post("/v1/completions", """{"model": "morgan-sim", "prompt": "Hello"}"""));
        await CheckAsync(app, document, Post("/v1/responses", """{"model": "morgan-sim", "input": "Hello"}"""));
        await CheckAsync(app, document, Post("/v1/responses", "{"));
        await CheckAsync(app, document, Post("/admin/hosts/sim/drain", ""));
        await CheckAsync(app, document, Post("/admin/circuits/reset", ""));
    }

    [Fact]
    public async Task Embedding_Answers_AreAsTheDocumentSays()
    {
        await using var app = await RunningApp.StartAsync(EmbeddingApplication.Create);
        var document = await DocumentAsync(app);
        foreach (var path in EmbeddingGets)
        {
            await CheckAsync(app, document, new HttpRequestMessage(HttpMethod.Get, path));
        }

        await CheckAsync(app, document, Post("/v1/embeddings", """{"input": ["a cat", "a dog"]}"""));
        await CheckAsync(app, document, Post("/v1/embeddings", """{"input": "a cat", "encoding_format": "base64"}"""));
        await CheckAsync(app, document, Post("/v1/embeddings", """{"input": 7}"""));
        await CheckAsync(app, document, Post("/v1/similarity", """{"a": "a cat", "b": ["a dog", "a log"]}"""));
        await CheckAsync(app, document, Post("/v1/similarity", """{"a": "a cat", "b": ["a dog", "a log"], "top_k": 1}"""));
        await CheckAsync(app, document, Post("/embed", """{"inputs": ["a cat"]}"""));
        await CheckAsync(app, document, Post("/embed", "{}"));
        await CheckAsync(app, document, Post("/similarity", """{"inputs": {"source_sentence": "a cat", "sentences": ["a dog"]}}"""));
        await CheckAsync(app, document, Post("/tokenize", """{"inputs": "a cat"}"""));
        await CheckAsync(app, document, Post("/api/embed", """{"model": "use-lite", "input": "a cat"}"""));
        await CheckAsync(app, document, Post("/api/embed", """{"model": "nothing", "input": "a cat"}"""));
        await CheckAsync(app, document, Post("/api/embeddings", """{"model": "use-lite", "prompt": "a cat"}"""));
        await CheckAsync(app, document, Post("/admin/cache/warm", """{"texts": ["a cat"]}"""));
        await CheckAsync(app, document, Post("/admin/models/use-lite/load", ""));
        await CheckAsync(app, document, Post("/admin/models/use-lite/unload", ""));
        await CheckAsync(app, document, new HttpRequestMessage(HttpMethod.Delete, "/admin/cache"));
    }

    private static HttpRequestMessage Post(string path, string body) =>
        new(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

    private static async Task<JsonElement> DocumentAsync(RunningApp app)
    {
        var document = await app.Client.GetFromJsonAsync<JsonElement>(OpenApiDocument.Path, Cancelled);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        return document;
    }

    private static async Task RequireSameAsync(RunningApp app)
    {
        var document = await DocumentAsync(app);
        var written = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        var served = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/').Replace("{**", "{", StringComparison.Ordinal)}"))
            .Where(name => name != "GET " && !name.StartsWith("GET /status/", StringComparison.Ordinal)); // the status page's files

        Assert.Equal(served.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    private static async Task CheckAsync(RunningApp app, JsonElement document, HttpRequestMessage request)
    {
        using var sent = request;
        var asked = request.RequestUri!.OriginalString; // the client makes it absolute
        using var answer = await app.Client.SendAsync(sent, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        var paths = document.GetProperty("paths");
        var path = paths.EnumerateObject().Where(p => IsOf(p.Name, asked)).OrderBy(p => p.Name.Contains('{', StringComparison.Ordinal)).First();
        var operation = path.Value.GetProperty(request.Method.Method.ToLowerInvariant());
        var at = $"{request.Method} {asked} → {(int)answer.StatusCode}";
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{(int)answer.StatusCode}", out var response), $"{at} is not in the document: {text}");
        response = OpenApiSchema.Resolve(document, response);
        Assert.True(response.GetProperty("content").TryGetProperty(answer.Content.Headers.ContentType!.MediaType!, out var content), $"{at}: {answer.Content.Headers.ContentType}");

        var mismatches = OpenApiSchema.Mismatches(document, content.GetProperty("schema"), JsonSerializer.Deserialize<JsonElement>(text), "$");

        Assert.True(!mismatches.Any(), $"{at}: {string.Join("; ", mismatches)} in {text}");
    }

    private static bool IsOf(string template, string path)
    {
        var (wanted, segments) = (template.Split('/'), path.Split('/'));
        return wanted.Length == segments.Length && wanted.Zip(segments).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
    }
}
