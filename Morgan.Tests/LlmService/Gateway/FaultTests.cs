using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

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

    [Fact]
    public async Task TraceOfTheClient_ReachesTheHost()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host);
        const string Trace = "0af7651916cd43dd8448eb211c80319c";

        using var response = await gateway.PostAsync(
            "/v1/chat/completions", RunningGateway.ChatBody(model: "m"), TestContext.Current.CancellationToken,
            ("traceparent", $"00-{Trace}-b7ad6b7169203331-01"), ("baggage", "secret=1"));

        Assert.Contains(Trace, host.Requests.Single().Headers["traceparent"], StringComparison.Ordinal);
        Assert.False(host.Requests.Single().Headers.ContainsKey("baggage"));
    }

    [Fact]
    public async Task Fault16_Body_ReachesTheHostByteForByte()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host);
        const string Body = """
            {"unknown":{"a":[1,2.50,1e400,12345678901234567890123]},"model":"m", "encoding_format":null,
              "messages":[{"role":"user","content":"ü \u00fc \ud83d\ude00 \ud800"}], "seed":9007199254740993, "stream" : false }
            """;

        using var response = await gateway.PostAsync("/v1/chat/completions", Body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Body, host.Bodies.Single());
    }

    [Fact]
    public async Task Fault16_StreamOfAStrictHost_GetsNoFieldThatTheClientDidNotSend()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.Stream("{\"choices\":[]}", "[DONE]"));
        await using var gateway = await StartAsync(host);
        var body = RunningGateway.ChatBody(stream: true, "m");

        using var response = await gateway.PostAsync("/v1/chat/completions", body);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(body, host.Bodies.Single());
    }

    [Fact]
    public async Task Fault18_ClientsCredentials_NeverReachAHost()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await StartAsync(host, "--Llm:Hosts:0:ApiKey=host-key");

        using var response = await gateway.PostAsync(
            "/v1/chat/completions", RunningGateway.ChatBody(model: "m"), TestContext.Current.CancellationToken,
            ("Authorization", "Bearer client-secret"), ("api-key", "client-secret"), ("x-api-key", "client-secret"), ("Cookie", "client-secret"),
            ("Proxy-Authorization", "client-secret"), ("Connection", "x-hop"), ("x-hop", "client-secret"), ("OpenAI-Organization", "client-secret"),
            ("x-forwarded-for", "client-secret"), ("x-morgan-anything", "client-secret"), ("Accept-Encoding", "gzip"), ("OpenAI-Beta", "kept"));

        var headers = host.Requests.Single().Headers;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("Bearer host-key", headers["Authorization"]);
        Assert.Equal("kept", headers["OpenAI-Beta"]);
        Assert.DoesNotContain(headers.Values, value => value.Contains("client-secret", StringComparison.Ordinal));
        Assert.False(headers.ContainsKey("Accept-Encoding"));
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), headers["x-request-id"]);
    }

    [Fact]
    public async Task ClientsError_IsPassedOnAndNotRetried()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var gateway = await RunningGateway.StartAsync([one, two]);
        await one.FaultAsync("status", new { status = 422 });
        await two.FaultAsync("status", new { status = 422 });

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("x-morgan-attempts").Single());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task HostThatRefusesMorgansKey_Is502Misconfigured(int status)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Retry:MaxRetries=0");
        await host.FaultAsync("status", new { status });

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("host_misconfigured", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorPageInHtml_IsPutIntoOpenAIsForm()
    {
        await using var host = await ScriptedHost.StartAsync(context =>
        {
            context.Response.StatusCode = 502;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<h1>Bad gateway</h1>");
        });
        await using var gateway = await StartAsync(host, "--Llm:Retry:MaxRetries=0");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "m"));

        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error");
        Assert.Equal((502, "bad_upstream_response"), ((int)response.StatusCode, error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task NoHostUp_Is503NoHealthyHost()
    {
        var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Retry:MaxRetries=0");
        await host.DisposeAsync();

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("no_healthy_host", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task UnknownPath_Is404UnknownUrl()
    {
        await using var gateway = await RunningGateway.StartAsync([]);

        using var response = await gateway.PostAsync("/v1/audio/speech", "{}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("unknown_url", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompressedBody_IsRefusedByName()
    {
        await using var gateway = await RunningGateway.StartAsync([]);
        using var content = new StringContent("x", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await gateway.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(415, (int)response.StatusCode);
    }

    private static Task<RunningGateway> StartAsync(ScriptedHost host, params string[] settings) =>
        RunningGateway.StartAsync([], ["--Llm:Hosts:0:Name=scripted", string.Create(CultureInfo.InvariantCulture, $"--Llm:Hosts:0:Url={host.Address}v1"), .. settings]);
}
