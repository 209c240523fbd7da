using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Morgan.Tests.LlmService.Gateway;

public sealed class RoutingTests
{
    [Fact]
    public async Task Model_WithAnotherNameAtTheHost_IsSplicedIntoTheBody()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync([],
            "--Llm:Hosts:0:Name=s", $"--Llm:Hosts:0:Url={host.Address}v1", "--Llm:Hosts:0:Models:qwen3:8b=ho\"st/näme");

        using var response = await gateway.PostAsync("/v1/chat/completions", """{"a":"model", "model" : "qwen3:8b" ,"messages":[]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"a":"model", "model" : "ho\"st/näme" ,"messages":[]}""", host.Bodies.Single());
    }

    [Fact]
    public async Task Alias_WhenItsFirstModelFails_FallsBackToTheNext()
    {
        await using var one = await SimulatedHost.StartAsync("one", "--Simulator:Models:0=big");
        await using var two = await SimulatedHost.StartAsync("two", "--Simulator:Models:0=small");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Models:my:alias:0=big", "--Llm:Models:my:alias:1=small");

        using var first = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "my:alias"));
        await one.FaultAsync("status");
        using var second = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "my:alias"));

        Assert.Equal("one", first.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal("two", second.Headers.GetValues("x-morgan-host").Single());
        Assert.Contains("\"small\"", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownModel_Is404WithTheNearestNames()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "morgan-sym"));

        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Contains("'morgan-sim'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoModel_Is400()
    {
        await using var gateway = await RunningGateway.StartAsync([]);

        using var response = await gateway.PostAsync("/v1/chat/completions", """{"messages":[]}""");

        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("missing_required_parameter", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostThatWasDownAtTheStart_IsFoundWhenItComes()
    {
        var answers = false;
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gate = await ScriptedHost.StartAsync(async context =>
        {
            context.Response.StatusCode = Volatile.Read(ref answers) ? 200 : 503;
            await context.Response.WriteAsync("""{"data":[{"id":"late"}]}""");
        });
        await using var gateway = await RunningGateway.StartAsync([],
            "--Llm:Hosts:0:Name=late", $"--Llm:Hosts:0:Url={gate.Address}elsewhere", "--Llm:Health:Interval=00:00:00.1");

        using var before = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "late"));
        Volatile.Write(ref answers, true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        await Eventually.TrueAsync(
            async () => (await gateway.GetAsync<JsonElement>("/v1/models")).GetProperty("data").GetArrayLength() == 1, "the model is known");
    }

    [Fact]
    public async Task HostWithoutAList_IsGivenNamesThatNobodyElseKnows()
    {
        await using var known = await SimulatedHost.StartAsync("known");
        await using var any = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync, models: null);
        await using var gateway = await RunningGateway.StartAsync([known],
            "--Llm:Hosts:1:Name=any", $"--Llm:Hosts:1:Url={any.Address}v1");

        using var one = await gateway.ChatAsync();
        using var other = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "whatever"));

        Assert.Equal("known", one.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal("any", other.Headers.GetValues("x-morgan-host").Single());
        Assert.Contains("\"whatever\"", any.Bodies.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DefaultHosts_AreUsedOnlyWhileNoneIsConfigured()
    {
        await using var configured = await SimulatedHost.StartAsync("configured");
        await using var found = await SimulatedHost.StartAsync("found");
        string[] defaults = ["--Llm:DefaultHosts:0:Name=found", $"--Llm:DefaultHosts:0:Url={found.Url}"];
        await using var without = await RunningGateway.StartAsync([], defaults);
        await using var with = await RunningGateway.StartAsync([configured], defaults);

        using var a = await without.ChatAsync();
        using var b = await with.ChatAsync();

        Assert.Equal("found", a.Headers.GetValues("x-morgan-host").Single());
        Assert.Equal("configured", b.Headers.GetValues("x-morgan-host").Single());
    }

    [Fact]
    public async Task Azure_HasTheDeploymentInThePathAndTheKeyInItsHeader()
    {
        await using var host = await ScriptedHost.StartAsync(ScriptedHost.AnswerAsync);
        await using var gateway = await RunningGateway.StartAsync([],
            "--Llm:Hosts:0:Name=az", $"--Llm:Hosts:0:Url={host.Address}", "--Llm:Hosts:0:Kind=azure", "--Llm:Hosts:0:ApiVersion=2024-10-21",
            "--Llm:Hosts:0:ApiKey=secret", "--Llm:Hosts:0:Models:gpt-4o=my deployment");

        using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "gpt-4o"));

        var sent = host.Requests.Single(request => request.Path.Contains("chat", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("/openai/deployments/my deployment/chat/completions?api-version=2024-10-21", Uri.UnescapeDataString(sent.Path));
        Assert.Equal("secret", sent.Headers["api-key"]);
        Assert.False(sent.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Ollama_HostWithTheModelLoaded_IsPreferred()
    {
        static RequestDelegate Ollama(string warm) => context => context.Request.Path == "/api/ps"
            ? context.Response.WriteAsync(warm)
            : context.Request.Path == "/api/version" ? context.Response.WriteAsync("{\"version\":\"1\"}") : ScriptedHost.AnswerAsync(context);
        const string Models = """{"data":[{"id":"llama3:latest","owned_by":"library"}]}""";
        await using var cold = await ScriptedHost.StartAsync(Ollama("""{"models":[]}"""), Models);
        await using var warm = await ScriptedHost.StartAsync(Ollama("""{"models":[{"name":"llama3:latest"}]}"""), Models);
        await using var gateway = await RunningGateway.StartAsync([],
            "--Llm:Hosts:0:Name=cold", $"--Llm:Hosts:0:Url={cold.Address}v1", "--Llm:Hosts:0:Kind=ollama",
            "--Llm:Hosts:1:Name=warm", $"--Llm:Hosts:1:Url={warm.Address}v1", "--Llm:Hosts:1:Kind=ollama");

        for (var i = 0; i < 4; i++)
        {
            using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "llama3"));
            Assert.Equal("warm", response.Headers.GetValues("x-morgan-host").Single());
        }
    }

    [Fact]
    public async Task Responses_WithAPreviousOne_GoToTheHostThatMadeIt()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Strategy=round-robin");

        using var first = await gateway.PostAsync("/v1/responses", """{"model":"morgan-sim","input":"Hello"}""");
        var made = first.Headers.GetValues("x-morgan-host").Single();
        var id = JsonDocument.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetString();
        for (var i = 0; i < 5; i++)
        {
            using var next = await gateway.PostAsync("/v1/responses", $$"""{"model":"morgan-sim","input":"And?","previous_response_id":"{{id}}"}""");
            Assert.Equal((HttpStatusCode.OK, made), (next.StatusCode, next.Headers.GetValues("x-morgan-host").Single()));
        }
    }

    [Theory]
    [InlineData(null, "response.completed")]
    [InlineData("cut", "\"type\":\"error\"")]
    [InlineData("stall", "stream_idle_timeout")]
    public async Task Responses_Streamed_EndByTheirOwnRules(string? fault, string last)
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Timeouts:Idle=00:00:00.3");
        if (fault is not null)
        {
            await host.FaultAsync(fault, new { afterEvents = 4 });
        }

        using var response = await gateway.PostAsync("/v1/responses", """{"model":"morgan-sim","input":"Hello","stream":true}""");
        var events = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains(last, events[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(events, e => e.Contains("[DONE]", StringComparison.Ordinal));
        Assert.Equal(fault is null ? 0 : 1, events.Count(e => e.StartsWith("event: error", StringComparison.Ordinal)));
    }
}
