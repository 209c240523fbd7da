using System.Net.Http.Headers;
using Morgan.Tests.EmbeddingService;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Requests to a running embedding service: whatever the body, never a 5xx.</summary>
internal sealed class EmbeddingRequests : FuzzTarget
{
    private static readonly string[] Paths = ["/v1/embeddings", "/embed", "/similarity", "/tokenize", "/api/embed", "/api/embeddings", "/v1/similarity"];

    private readonly EmbeddingHost _host;

    private EmbeddingRequests(EmbeddingHost host)
        : base("embedding") => _host = host;

    public override int QuickInputs => 400;

    public static async Task<EmbeddingRequests> StartAsync() => new(await EmbeddingHost.StartAsync("--Logging:LogLevel:Default=Critical"));

    public override byte[] Make(Random random)
    {
        var body = Noise.Json(random, EmbeddingBodies.Names);
        return random.Next(2) == 0 && body is [(byte)'{', _, ..] ? [.. """{"input":["hi","there"],"""u8, .. body.AsSpan(1)] : body;
    }

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        using var content = new ByteArrayContent(input);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _host.Client.PostAsync(new Uri(Paths[random.Next(Paths.Length)], UriKind.Relative), content);
        Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    protected override ValueTask StopAsync() => _host.DisposeAsync();
}
