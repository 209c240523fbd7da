using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService;

namespace Morgan.Tests.EmbeddingService;

/// <summary>The real service on a port of its own.</summary>
internal sealed class EmbeddingHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EmbeddingHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<EmbeddingHost> StartAsync(params string[] args) => StartAsync(null, args);

    public static async Task<EmbeddingHost> StartAsync(Action<WebApplicationBuilder>? configure, params string[] args)
    {
        var app = EmbeddingApplication.Create(
            ["--urls", "http://127.0.0.1:0", "--environment", "Development", "--Logging:LogLevel:Default", "Warning", "--Logging:Console:LogLevel:Default", "None",
                "--Embedding:Batching:Callers", "2", .. args], configure);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new EmbeddingHost(app);
    }

    /// <summary>Posts a body as it is.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, JsonNode body, params (string Name, string Value)[] headers) =>
        PostAsync(path, Encoding.UTF8.GetBytes(body.ToJsonString()), headers);

    /// <summary>Embeds and gives the answer's JSON.</summary>
    public async Task<JsonNode> EmbedAsync(JsonNode body, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync("/v1/embeddings", body, headers);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>The vectors of texts.</summary>
    public async Task<float[][]> VectorsAsync(params string[] texts)
    {
        var answer = await EmbedAsync(new JsonObject { ["input"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]) });
        return [.. answer["data"]!.AsArray().Select(item => VectorOf(item!))];
    }

    /// <summary>The vector of an item of an answer, numbers or base64.</summary>
    public static float[] VectorOf(JsonNode item)
    {
        var embedding = item["embedding"]!;
        if (embedding is JsonArray numbers)
        {
            return [.. numbers.Select(number => number!.GetValue<float>())];
        }

        var bytes = Convert.FromBase64String(embedding.GetValue<string>());
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
