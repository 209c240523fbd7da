using System.Net.Http.Headers;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Requests to a running gateway with a host: whatever the body, never a 5xx, and always an end.</summary>
internal sealed class GatewayRequests : FuzzTarget
{
    private static readonly string[] Paths = ["/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings"];

    private readonly SimulatedHost _host;
    private readonly RunningGateway _gateway;

    private GatewayRequests(SimulatedHost host, RunningGateway gateway)
        : base("gateway") => (_host, _gateway) = (host, gateway);

    public override int QuickInputs => 600;

    public static async Task<GatewayRequests> StartAsync()
    {
        var host = await SimulatedHost.StartAsync("host", "--Logging:LogLevel:Default=Critical");
        return new GatewayRequests(host, await RunningGateway.StartAsync([host], "--Logging:LogLevel:Default=Critical", "--Llm:Hosts:0:Models:morgan-sim=morgan-sim"));
    }

    // Half of them name a model that there is, so that they get as far as the host.
    public override byte[] Make(Random random)
    {
        var body = Noise.Json(random, ChatBodies.Names);
        return random.Next(2) == 0 && body is [(byte)'{', _, ..] ? [.. """{"model":"morgan-sim","messages":[{"role":"user","content":"hi"}],"""u8, .. body.AsSpan(1)] : body;
    }

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        using var content = new ByteArrayContent(input);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _gateway.Client.PostAsync(new Uri(Paths[random.Next(Paths.Length)], UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();

        // No embedding service runs here: a request for it is told so.
        Assert.True((int)response.StatusCode < 500 || text.Contains("embedding", StringComparison.OrdinalIgnoreCase), $"{(int)response.StatusCode} {text}");
        Assert.True(response.Content.Headers.ContentType?.MediaType != "text/event-stream" || text.TrimEnd().EndsWith("[DONE]", StringComparison.Ordinal) || text.Contains("response.", StringComparison.Ordinal), text);
        Assert.True(response.IsSuccessStatusCode || text.Contains("\"error\"", StringComparison.Ordinal), text);
    }

    protected override async ValueTask StopAsync()
    {
        await _gateway.DisposeAsync();
        await _host.DisposeAsync();
    }
}
