using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService.Envelope;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>Faults that users of other gateways report, by their number in the list.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Fault01_HostThatFailsFast_DoesNotDrawTheTraffic()
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Retry:BudgetPercent=100");
        await bad.FaultAsync("status", new { status = 500 });
        await good.PlanAsync(new { timeToFirstTokenMs = 20 });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var response = await gateway.ChatAsync();
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(await bad.CountAsync("requests"), 0, 50);
    }

    [Fact]
    public async Task Fault02_HostOfStraight500s_IsLeftAloneAfterTheThreshold()
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Strategy=round-robin");
        await bad.FaultAsync("status", new { status = 500 });

        for (var i = 0; i < 25; i++)
        {
            using var response = await gateway.ChatAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.InRange(await bad.CountAsync("requests"), 1, 5);
        var view = await gateway.GetAsync<JsonElement>("/admin/hosts/bad");
        Assert.Equal("open", view.GetProperty("circuit").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Fault03_AllHostsCooling_WaitsForTheFirstToComeBack()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("status", new { status = 429, retryAfterSeconds = 1, count = 1 });

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("2", response.Headers.GetValues("x-morgan-attempts").Single());
    }

    [Fact]
    public async Task Fault03_ReturnBeyondTheDeadline_Is429WithTheSoonestRetryAfterAtOnce()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Timeouts:Total=00:00:20");
        await one.FaultAsync("status", new { status = 429, retryAfterSeconds = 300 });
        await two.FaultAsync("status", new { status = 429, retryAfterSeconds = 90 });

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 85, 90);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault09_RateLimitHeaders_ReachTheClient(bool stream)
    {
        await using var host = await ScriptedHost.StartAsync(context =>
        {
            context.Response.Headers["x-ratelimit-remaining-requests"] = "59";
            context.Response.Headers["openai-processing-ms"] = "7";
            context.Response.Headers.SetCookie = "a=b";
            context.Response.Headers["x-morgan-host"] = "liar";
            return stream ? ScriptedHost.Stream("{\"choices\":[]}", "[DONE]")(context) : ScriptedHost.AnswerAsync(context);
        });
        await using var gateway = await StartAsync(host);

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream, "m"));

        Assert.Equal("59", response.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        Assert.Equal("7", response.Headers.GetValues("openai-processing-ms").Single());
        Assert.Equal("scripted", response.Headers.GetValues("x-morgan-host").Single());
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault09_HostsOwnErrorAfterRetries_ReachesTheClientWithRetryAfter(bool stream)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Retry:MaxRetries=0");
        await host.FaultAsync("status", new { status = 503, retryAfterSeconds = 7 });

        using var response = await gateway.ChatAsync(stream);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 6, 7);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
        Assert.Contains("\"error\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault13_Probes_GenerateNothing()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Health:Interval=00:00:00.05");

        await Eventually.TrueAsync(async () => await host.CountAsync("healthChecks") > 5, "the host is checked");

        Assert.Equal((0, 0), (await host.CountAsync("requests"), await host.CountAsync("tokensSent")));
    }

    [Fact]
    public async Task Fault14_OnePromptForAll_DoesNotHerdOntoOneHost()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var three = await SimulatedHost.StartAsync("three");
        SimulatedHost[] hosts = [one, two, three];
        await using var gateway = await RunningGateway.StartAsync(hosts, "--Llm:Strategy=prefix-affinity");
        foreach (var host in hosts)
        {
            await host.FaultAsync("hang");
        }

        using var leaving = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 60)
            .Select(_ => gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), leaving.Token)).ToArray();
        await Eventually.TrueAsync(async () => (await Task.WhenAll(hosts.Select(host => host.CountAsync("inFlight")))).Sum() == 60, "all are with hosts");
        var held = await Task.WhenAll(hosts.Select(host => host.CountAsync("inFlight")));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(requests));

        Assert.InRange(held.Max(), 20, 25); // a quarter more than its share
    }

    [Fact]
    public async Task Fault15_ThreeHundredStreamsAtOnce_AllEnd()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.PlanAsync(new { timeToFirstTokenMs = 100, interTokenMs = 5 });

        var texts = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => gateway.StreamAsync()));

        Assert.All(texts, text => Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault15_BodyOfManyMegabytes_PassesAndPastTheLimitIs413()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host, "--Llm:MaxRequestBytes=40000000");
        static string Body(int size) => $$"""{"model":"m","messages":[{"role":"user","content":"{{new string('x', size)}}"}]}""";

        using var large = await gateway.PostAsync("/v1/chat/completions", Body(35_000_000));
        using var tooLarge = await gateway.PostAsync("/v1/chat/completions", Body(40_000_000));

        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        Assert.Equal(Body(35_000_000).Length, host.Bodies.Single().Length);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
        Assert.Contains("request_too_large", await tooLarge.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    // Many large bodies at once: those that there is no memory for are told to come back, the others go on.
    [Fact]
    public async Task Fault12_MoreBodiesThanMayBeHeld_AreRefusedUntilThereIsRoom()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:MaxRequestBytes=1000000", "--Llm:MaxHeldBytes=4000000");
        await host.FaultAsync("hang");
        using var leaving = new CancellationTokenSource();
        var body = RunningGateway.ChatBody(more: $",\"x\":\"{new string('x', 900_000)}\"");
        var held = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 3; i++)
        {
            held.Add(gateway.PostAsync("/v1/chat/completions", body, leaving.Token));
            await Eventually.TrueAsync(async () => await host.CountAsync("inFlight") == held.Count, "the host has it");
        }

        using var refused = await gateway.PostAsync("/v1/chat/completions", body);
        await host.PlanAsync(new { });
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(held));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(1, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Contains("overloaded", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await gateway.PostAsync("/v1/chat/completions", body);
                return response.StatusCode == HttpStatusCode.OK;
            },
            "there is room again");
    }

    // A long answer to a large prompt must not keep others' prompts out for its minutes.
    [Fact]
    public async Task Fault12_StreamThatHasBegun_HoldsItsRequestNoLonger_AndStillKnowsItsTokens()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.PlanAsync(new { interTokenMs = 400, tokens = 10, faults = new[] { new { kind = "cut", afterEvents = 8 } } });
        var memory = gateway.Services.GetRequiredService<HeldMemory>();
        var body = RunningGateway.ChatBody(stream: true, more: $",\"x\":\"{new string('x', 900_000)}\"");

        using var response = await gateway.PostAsync("/v1/chat/completions", body);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var first = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => memory.Held == 0, "the body's memory is free");
        Assert.Equal(1, await host.CountAsync("inFlight"));
        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("data: {", first, StringComparison.Ordinal);
        Assert.Contains("stream_interrupted", rest, StringComparison.Ordinal); // written after the memory went back
        Assert.Equal(0, memory.Held);
    }

    private static Task<RunningGateway> StartAsync(ScriptedHost host, params string[] settings) =>
        RunningGateway.StartAsync([], ["--Llm:Hosts:0:Name=scripted", string.Create(CultureInfo.InvariantCulture, $"--Llm:Hosts:0:Url={host.Address}v1"), .. settings]);
}
