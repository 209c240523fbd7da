using System.Text;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>A gateway whose host streams whatever it likes: the client's stream ends rightly, or there is none.</summary>
internal sealed class GatewayStreams : FuzzTarget
{
    private readonly HostStreams _streams = new();
    private readonly ScriptedHost _host;
    private readonly RunningGateway _gateway;

    private GatewayStreams(ScriptedHost host, RunningGateway gateway)
        : base("gateway-streams") => (_host, _gateway) = (host, gateway);

    public override int QuickInputs => 400;

    public static async Task<GatewayStreams> StartAsync()
    {
        var host = await ScriptedHost.StartAsync(async context =>
        {
            var bytes = Convert.FromBase64String(context.Request.Headers["x-fuzz"].ToString());
            context.Response.ContentType = "text/event-stream";
            for (var at = 0; at < bytes.Length; at += 97)
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(97, bytes.Length - at)));
                await context.Response.Body.FlushAsync();
            }
        });
        return new GatewayStreams(host, await RunningGateway.StartAsync(
            [], "--Logging:LogLevel:Default=Critical", "--Llm:Hosts:0:Name=scripted", $"--Llm:Hosts:0:Url={host.Address}v1", "--Llm:Hosts:0:Models:m=m", "--Llm:Retry:MaxRetries=0", "--Llm:CircuitBreaker:FailureThreshold=1000"));
    }

    public override byte[] Make(Random random) => _streams.Make(random) is { Length: < 8000 } bytes ? bytes : [];

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        using var response = await _gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, model: "m"), CancellationToken.None, ("x-fuzz", Convert.ToBase64String(input)));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        if (!response.IsSuccessStatusCode)
        {
            Assert.Contains("\"error\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            return;
        }

        // One end, at the end.
        var text = Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
        var events = text.TrimEnd('\n').Split("\n\n");
        Assert.Contains("[DONE]", events[^1], StringComparison.Ordinal);
    }

    protected override async ValueTask StopAsync()
    {
        await _gateway.DisposeAsync();
        await _host.DisposeAsync();
        await _streams.DisposeAsync();
    }
}
