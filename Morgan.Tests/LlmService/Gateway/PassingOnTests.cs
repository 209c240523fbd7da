using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>What reaches a host of a request, and the client of a refusal; numbers are those of the faults that users of other gateways report.</summary>
public sealed class PassingOnTests
{
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
