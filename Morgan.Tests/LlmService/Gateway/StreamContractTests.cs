using System.Net;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class StreamContractTests
{
    private const string Two = "data: [DONE]\n\n";

    [Theory]
    [InlineData("cut", "stream_interrupted")]
    [InlineData("reset", "stream_interrupted")]
    [InlineData("truncated-json", "stream_interrupted")]
    [InlineData("error-in-200", "upstream_error")]
    [InlineData("malformed-json", "upstream_error")]
    public async Task Fault05_HostFailsMidStream_EndsWithOneErrorEventAndIsNotContinuedByAnother(string fault, string code)
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Strategy=round-robin", "--Llm:Hosts:1:Priority=1");
        await bad.FaultAsync(fault, new { afterEvents = 3 });

        var text = await gateway.StreamAsync();

        AssertEndsWithError(text, code);
        Assert.Equal(0, await good.CountAsync("requests"));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("reset")]
    [InlineData("error-in-200")]
    [InlineData("malformed-json")]
    [InlineData("truncated-json")]
    [InlineData("wrong-content-type")]
    [InlineData("status")]
    [InlineData("refuse")]
    [InlineData("redirect")]
    public async Task Fault05_HostFailsBeforeTheFirstEvent_IsAnsweredByAnotherUnseen(string fault)
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Hosts:1:Priority=1");
        await bad.FaultAsync(fault, new { afterEvents = 0 });

        using var response = await gateway.ChatAsync(stream: true);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("good", response.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal("2", response.Headers.GetValues("x-morgan-attempts").Single());
        Assert.DoesNotContain("error", text, StringComparison.Ordinal);
        Assert.EndsWith(Two, text, StringComparison.Ordinal);
        Assert.Equal(0, (await bad.StatsAsync()).GetProperty("redirectsFollowed").GetInt64());
    }

    [Theory]
    [InlineData("malformed-json")]
    [InlineData("truncated-json")]
    [InlineData("cut")]
    [InlineData("reset")]
    [InlineData("error-in-200")]
    [InlineData("wrong-content-type")]
    public async Task Whole_BrokenAnswer_IsAnsweredByAnotherUnseen(string fault)
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Hosts:1:Priority=1");
        await bad.FaultAsync(fault);

        using var response = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("good", response.Headers.GetValues("x-morgan-host").Single());
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Stream_TwoDones_PassesOneOn()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("duplicate-done");

        Assert.Equal(2, (await gateway.StreamAsync()).Split("[DONE]").Length);
    }

    [Fact]
    public async Task Stream_EndWithoutDoneAfterAFinishReason_IsComplete()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.Stream(
            """{"choices":[{"index":0,"delta":{"content":"Hi"}}]}""", """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""));
        await using var gateway = await StartAsync(host);

        var text = await StreamAsync(gateway);

        Assert.DoesNotContain("error", text, StringComparison.Ordinal);
        Assert.EndsWith($"\"stop\"}}]}}\n\n{Two}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_LastEventWithoutItsEmptyLine_IsComplete()
    {
        await using var host = await ScriptedHost.StartAsync(async context =>
        {
            await ScriptedHost.Stream("""{"choices":[{"index":0,"delta":{"content":"Hi"}}]}""")(context);
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "data: [DONE]");
        });
        await using var gateway = await StartAsync(host);

        Assert.EndsWith($"\n\n{Two}", await StreamAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_HugeEvent_PassesWhole()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("huge-event", new { afterEvents = 2 });

        var text = await gateway.StreamAsync();

        Assert.True(text.Length > 1024 * 1024);
        Assert.EndsWith(Two, text, StringComparison.Ordinal);
        Assert.DoesNotContain("error", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_CharactersTornApart_ArriveAsTheyWereSent()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.FaultAsync("split-utf8");
        using var direct = await gateway.Client.PostAsync(
            new Uri(host.Address, "/v1/chat/completions"),
            new StringContent(RunningGateway.ChatBody(stream: true), System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        var expected = Contents(await direct.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await host.FaultAsync("split-utf8");

        Assert.Equal(expected, Contents(await gateway.StreamAsync()));
    }

    // Fault 6: zero bytes while a model thinks, so the load balancer cuts.
    [Fact]
    public async Task Fault06_ModelThinks_CommentsKeepTheConnectionAndCommitNothing()
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync(
            [bad, good], "--Llm:Hosts:1:Priority=1", "--Llm:Timeouts:KeepAliveComment=00:00:00.05", "--Llm:Timeouts:FirstByte=00:00:00.6");
        await bad.FaultAsync("hang");

        using var response = await gateway.ChatAsync(stream: true);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith(": keep-alive\n\n: keep-alive\n\n", text, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("x-morgan-host"));
        Assert.True(response.Headers.Contains("x-request-id"));
        Assert.Contains("\"content\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("error", text, StringComparison.Ordinal);
        Assert.EndsWith(Two, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hang", "upstream_timeout")]
    [InlineData("status", "upstream_error")]
    public async Task Fault06_NoHostAnswersAfterComments_EndsWithTheErrorEvent(string fault, string code)
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var gateway = await RunningGateway.StartAsync(
            [bad], "--Llm:Timeouts:KeepAliveComment=00:00:00.02", "--Llm:Timeouts:FirstByte=00:00:00.3", "--Llm:Retry:MaxRetries=1",
            "--Llm:Retry:BaseDelay=00:00:00.2", "--Llm:Retry:Jitter=false");
        await bad.FaultAsync(fault, new { status = 500 });

        AssertEndsWithError(await gateway.StreamAsync(), code);
    }

    // Fault 7: no idle timeout between tokens.
    [Fact]
    public async Task Fault07_HostStallsMidStream_EndsWithIdleTimeout()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Timeouts:Idle=00:00:00.3");
        await host.FaultAsync("stall", new { afterEvents = 3 });

        AssertEndsWithError(await gateway.StreamAsync(), "stream_idle_timeout");
        await Eventually.TrueAsync(async () => await host.CountAsync("cancelled") == 1, "the host is told to stop");
    }

    [Fact]
    public async Task Fault07_HostStallsInAWholeAnswer_IsAnsweredByAnother()
    {
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var good = await SimulatedHost.StartAsync("good");
        await using var gateway = await RunningGateway.StartAsync([bad, good], "--Llm:Hosts:1:Priority=1", "--Llm:Timeouts:Idle=00:00:00.3");
        await bad.FaultAsync("stall");

        using var response = await gateway.ChatAsync();

        Assert.Equal("good", response.Headers.GetValues("x-morgan-host").Single());
    }

    [Fact]
    public async Task Stream_LongerThanTheTotal_EndsWithTimeout()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Timeouts:Total=00:00:00.5");
        await host.PlanAsync(new { interTokenMs = 50, tokens = 1000 });

        AssertEndsWithError(await gateway.StreamAsync(), "upstream_timeout");
    }

    // Fault 8: client gone, host keeps generating.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault08_ClientLeaves_HostIsCancelledAtOnce(bool stream)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        await host.PlanAsync(new { interTokenMs = 20, tokens = 2000 });
        using var leaving = new CancellationTokenSource();
        var reading = ReadAsync();
        await Eventually.TrueAsync(async () => await host.CountAsync("inFlight") == 1, "the host works");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await Eventually.TrueAsync(async () => await host.CountAsync("cancelled") == 1, "the host stops", TimeSpan.FromSeconds(30));

        async Task ReadAsync()
        {
            using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream), leaving.Token);
            await response.Content.ReadAsStringAsync(leaving.Token);
        }
    }

    private static async Task<RunningGateway> StartAsync(ScriptedHost host) =>
        await RunningGateway.StartAsync([], "--Llm:Hosts:0:Name=scripted", $"--Llm:Hosts:0:Url={host.Address}v1");

    private static async Task<string> StreamAsync(RunningGateway gateway)
    {
        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, model: "m"));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static void AssertEndsWithError(string text, string code)
    {
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var last = JsonDocument.Parse(events[^2]["data: ".Length..]).RootElement;
        Assert.Equal(code, last.GetProperty("error").GetProperty("code").GetString());
        var usage = last.GetProperty("usage");
        Assert.Equal(
            usage.GetProperty("total_tokens").GetInt64(),
            usage.GetProperty("prompt_tokens").GetInt64() + usage.GetProperty("completion_tokens").GetInt64());
        Assert.True(usage.GetProperty("prompt_tokens").GetInt64() > 0);
        Assert.Equal(1, events.Count(e => e.Contains("\"error\"", StringComparison.Ordinal)));
        Assert.All(events[..^2].Where(e => e.StartsWith("data: ", StringComparison.Ordinal)), e => JsonDocument.Parse(e["data: ".Length..]).Dispose());
    }

    private static string Contents(string text) => string.Concat(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(e => e.StartsWith("data: {", StringComparison.Ordinal))
        .Select(e => JsonDocument.Parse(e["data: ".Length..]).RootElement.GetProperty("choices"))
        .Where(choices => choices.GetArrayLength() > 0)
        .Select(choices => choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
}
