using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>Memory is bounded, whatever clients send. Alone: other tests' garbage would be taken for the gateway's.</summary>
[Collection(nameof(MemoryTests))]
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTests
{
    private const int Round = 2_000;
    private const int AtOnce = 16;

    // Fault 12: memory grows to gigabytes. Every request is of another model, another prompt, another response and is half
    // of the time left by its client: whatever is kept by such a key shows.
    [Fact]
    public async Task Fault12_ManyDifferentRequests_LeaveNothingBehind()
    {
        var answers = 0;
        await using var host = await ScriptedHost.StartAsync(
            async context =>
            {
                var id = Interlocked.Increment(ref answers);
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync($"data: {{\"id\":\"c{id}\",\"model\":\"m{id}\",\"choices\":[]}}\n\n");
                await context.Response.Body.FlushAsync();
                await context.Response.WriteAsync("data: [DONE]\n\n");
            },
            models: null);
        await using var gateway = await RunningGateway.StartAsync(
            [], "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1", "--Llm:Health:Interval=01:00:00", "--Llm:CircuitBreaker:FailureThreshold=1000");

        await RunRoundAsync(gateway, host, 0);
        await RunRoundAsync(gateway, host, 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 2; round < 5; round++)
        {
            await RunRoundAsync(gateway, host, round);
        }

        // 6,000 requests: what held on to their bodies would be 48 MB.
        await Eventually.TrueAsync(() => GC.GetTotalMemory(forceFullCollection: true) - before < 8_000_000, "what the requests held is free again");
    }

    // … and the fix for it closed clients in use: connections come to the end of their lifetime under open streams.
    [Fact]
    public async Task Fault12_ConnectionsRetired_OpenStreamsGoOn()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Pool:Lifetime=00:00:01", "--Llm:Pool:KeepAlive=00:00:01");
        await host.PlanAsync(new { timeToFirstTokenMs = 10, interTokenMs = 60, tokens = 50, jitter = 0 });

        var texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => gateway.StreamAsync()));

        Assert.All(texts, text => Assert.Contains("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal));
        Assert.Equal(20, await host.CountAsync("requests"));
    }

    private static async Task RunRoundAsync(RunningGateway gateway, ScriptedHost host, int round)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= Round)
            {
                await RequestAsync(gateway, (round * Round) + i);
            }
        }));
        host.Bodies.Clear();
        host.Requests.Clear();
    }

    private static async Task RequestAsync(RunningGateway gateway, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"model-{number}-{new string('x', 400)}");
        var prompt = new string((char)('a' + (number % 26)), 8 * 1024);
        using var response = await gateway.PostAsync(
            "/v1/chat/completions",
            $$"""{"model":"{{name}}","messages":[{"role":"user","content":"{{prompt}}"}],"stream":true,"user":"{{number}}"}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        if (number % 2 == 0)
        {
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
    }
}
