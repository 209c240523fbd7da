using System.Net.Http.Headers;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Requests to a running gateway with a host: whatever the body, never a 5xx, and always an end.</summary>
internal sealed class GatewayRequests : FuzzTarget
{
    private const string Embeddings = "/v1/embeddings";

    private static readonly string[] Paths = ["/v1/chat/completions", "/v1/completions", "/v1/responses", Embeddings];

    private static readonly string[] Others =
        ["stream_options", "include_usage", "max_tokens", "max_completion_tokens", "user", "n", "tools", "seed", "stop", "logprobs", "temperature", "response_format", "metadata", "role", "content", "x"];

    private readonly SimulatedHost _host;
    private readonly RunningGateway _gateway;

    private GatewayRequests(SimulatedHost host, RunningGateway gateway)
        : base("gateway") => (_host, _gateway) = (host, gateway);

    public override int QuickInputs => 2000;

    public override int AtOnce => 8;

    public static async Task<GatewayRequests> StartAsync()
    {
        var host = await SimulatedHost.StartAsync("host", "--Logging:LogLevel:Default=Critical");
        return new GatewayRequests(host, await RunningGateway.StartAsync([host], "--Logging:LogLevel:Default=Critical", "--Llm:Hosts:0:Models:morgan-sim=morgan-sim"));
    }

    // Most get as far as the host.
    public override byte[] Make(Random random) => random.Next(4) == 0
        ? Noise.Json(random, ChatBodies.Names)
        : Noise.Likely(random, $$"""
            "model":"{{(random.Next(8) == 0 ? "gone" : "morgan-sim")}}","prompt":"hi","input":"hi","stream":{{(random.Next(3) == 0 ? "true" : "false")}},
            "messages":[{"role":"user","content":{{(random.Next(2) == 0 ? "\"hi\"" : Noise.Value(random, ChatBodies.Names))}}}]
            """, Others);

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        using var content = new ByteArrayContent(input);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var path = Paths[random.Next(Paths.Length)];
        using var response = await _gateway.Client.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();

        // No embedding service runs here: a request for it is told so.
        Assert.True((int)response.StatusCode < 500 || (path == Embeddings && text.Contains("embedding", StringComparison.OrdinalIgnoreCase)), $"{(int)response.StatusCode} {text}");
        Assert.True(response.Content.Headers.ContentType?.MediaType != "text/event-stream" || text.TrimEnd().EndsWith("[DONE]", StringComparison.Ordinal) || text.Contains("response.", StringComparison.Ordinal), text);
        Assert.True(response.IsSuccessStatusCode || text.Contains("\"error\"", StringComparison.Ordinal), text);
    }

    protected override async ValueTask StopAsync()
    {
        await _gateway.DisposeAsync();
        await _host.DisposeAsync();
    }
}
