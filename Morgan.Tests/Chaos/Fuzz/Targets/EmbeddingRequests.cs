using System.Net.Http.Headers;
using System.Text.Json;
using Morgan.Tests.EmbeddingService;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Requests to a running embedding service: whatever the body, never a 5xx.</summary>
internal sealed class EmbeddingRequests : FuzzTarget
{
    private static readonly string[] Paths = ["/v1/embeddings", "/embed", "/similarity", "/tokenize", "/api/embed", "/api/embeddings", "/v1/similarity"];

    private static readonly string[] Others =
        ["encoding_format", "dimensions", "user", "prompt_name", "truncate", "normalize", "options", "keep_alive", "metric", "top_k", "parameters", "add_special_tokens", "x"];

    private readonly EmbeddingHost _host;

    private EmbeddingRequests(EmbeddingHost host)
        : base("embedding") => _host = host;

    public override int QuickInputs => 1000;

    public override int AtOnce => 8;

    public static async Task<EmbeddingRequests> StartAsync() => new(await EmbeddingHost.StartAsync("--Logging:LogLevel:Default=Critical"));

    // Most get as far as the model: what any of the dialects asks for is there.
    public override byte[] Make(Random random) => random.Next(4) == 0
        ? Noise.Json(random, EmbeddingBodies.Names)
        : Noise.Likely(random, $$"""
            "input":{{Text(random)}},"prompt":"hi","a":"hi","b":["hi","there"],
            "inputs":{{(random.Next(3) == 0 ? $$"""{"source_sentence":"hi","sentences":[{{Text(random)}}]}""" : Text(random))}}
            """, Others);

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        using var content = new ByteArrayContent(input);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _host.Client.PostAsync(new Uri(Paths[random.Next(Paths.Length)], UriKind.Relative), content);
        Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private static string Text(Random random) => random.Next(4) switch
    {
        0 => "\"hi\"",
        1 => """["hi","there"]""",
        2 => JsonSerializer.Serialize(Noise.Piece(random) + Noise.Piece(random)),
        _ => Noise.Value(random, EmbeddingBodies.Names),
    };

    protected override ValueTask StopAsync() => _host.DisposeAsync();
}
