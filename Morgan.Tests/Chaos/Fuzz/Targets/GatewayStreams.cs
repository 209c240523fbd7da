using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>A gateway whose host streams whatever it likes: the client's stream ends rightly, or there is none.</summary>
internal sealed class GatewayStreams : FuzzTarget
{
    private const string Header = "x-fuzz";
    private const int SmallPiece = 97;

    private static readonly byte[] Beginning = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]}\n\n"u8.ToArray();

    private readonly ConcurrentDictionary<string, (byte[] Bytes, int Piece)> _underWay = new();
    private readonly HostStreams _streams = new();
    private long _last;
    private ScriptedHost _host = null!;
    private RunningGateway _gateway = null!;

    private GatewayStreams()
        : base("gateway-streams")
    {
    }

    public override int QuickInputs => 1_000;

    public override int AtOnce => 8;

    public static async Task<GatewayStreams> StartAsync()
    {
        var target = new GatewayStreams();
        target._host = await ScriptedHost.StartAsync(target.AnswerAsync);
        target._gateway = await RunningGateway.StartAsync(
            [], "--Logging:LogLevel:Default=Critical", "--Llm:Hosts:0:Name=scripted", $"--Llm:Hosts:0:Url={target._host.Address}v1", "--Llm:Hosts:0:Models:m=m", "--Llm:Retry:MaxRetries=0", "--Llm:CircuitBreaker:FailureThreshold=1000");
        return target;
    }

    // Half of them begin well: what comes after the answer has begun is another way through the gateway.
    public override byte[] Make(Random random) => random.Next(2) == 0 ? [.. Beginning, .. _streams.Make(random)] : _streams.Make(random);

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        var name = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        _underWay[name] = (input, random.Next(4) == 0 ? SmallPiece : random.Next(1, input.Length + 2));
        using var response = await _gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, model: "m"), CancellationToken.None, (Header, name));
        var bytes = await response.Content.ReadAsByteArrayAsync();
        _underWay.TryRemove(name, out _);
        if (!response.IsSuccessStatusCode)
        {
            Assert.Contains("\"error\"", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            return;
        }

        // One end, at the end. A form feed is no line end here, so ReplaceLineEndings will not do.
        var text = Encoding.UTF8.GetString(bytes);
        var events = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').TrimEnd('\n').Split("\n\n");
        Assert.True(events[^1].Contains("[DONE]", StringComparison.Ordinal), text);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // What a host keeps for tests to look at would be a gigabyte in the end.
        _host.Bodies.TryDequeue(out _);
        _host.Requests.TryDequeue(out _);
        var (bytes, piece) = _underWay[context.Request.Headers[Header].ToString()];
        context.Response.ContentType = "text/event-stream";
        for (var at = 0; at < bytes.Length; at += piece)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
            await context.Response.Body.FlushAsync();
        }
    }

    protected override async ValueTask StopAsync()
    {
        await _gateway.DisposeAsync();
        await _host.DisposeAsync();
        await _streams.DisposeAsync();
    }
}
