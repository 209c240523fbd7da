using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.Tests.ServiceDefaults;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>What an operator does: look, take a host out, change the configuration, stop.</summary>
public sealed class OperationTests
{
    [Fact]
    public async Task Admin_DrainedHost_FinishesItsStreamAndGetsNoOther()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Hosts:1:Priority=1");
        await one.PlanAsync(new { interTokenMs = 20, tokens = 30 });
        using var streamed = await gateway.ChatAsync(stream: true);
        var reading = streamed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        using var drained = await gateway.PostAsync("/admin/hosts/one/drain", "");
        using var next = await gateway.ChatAsync();

        Assert.True(JsonDocument.Parse(await drained.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("draining").GetBoolean());
        Assert.Equal("two", next.Headers.GetValues("x-morgan-host").Single());
        Assert.EndsWith("data: [DONE]\n\n", await reading, StringComparison.Ordinal);
        Assert.DoesNotContain("error", await reading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_DisableAndEnable_TakeEffectOnTheNextPick()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        await using var gateway = await RunningGateway.StartAsync([one, two], "--Llm:Hosts:1:Priority=1");

        using (await gateway.PostAsync("/admin/hosts/one/disable", ""))
        {
            using var other = await gateway.ChatAsync();
            Assert.Equal("two", other.Headers.GetValues("x-morgan-host").Single());
        }

        using (await gateway.PostAsync("/admin/hosts/one/enable", ""))
        {
            using var back = await gateway.ChatAsync();
            Assert.Equal("one", back.Headers.GetValues("x-morgan-host").Single());
        }
    }

    [Fact]
    public async Task Admin_Hosts_HaveEveryFieldOfTheContract()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host]);
        using (await gateway.ChatAsync(stream: true))
        {
        }

        var list = await gateway.GetAsync<JsonElement>("/admin/hosts");
        var checks = await gateway.GetAsync<JsonElement>("/admin/hosts/one/checks");

        var view = list.GetProperty("hosts")[0];
        foreach (var name in (string[])[
            "name", "url", "enabled", "draining", "state", "circuit", "coolingDownMs", "inFlight", "requests", "failures", "latencyMs",
            "timeToFirstTokenMs", "uptimePercent", "lastCheck", "consecutiveFailures", "limiter", "weight", "priority", "models"])
        {
            Assert.True(view.TryGetProperty(name, out _), name);
        }

        Assert.Equal("closed", view.GetProperty("circuit").GetProperty("state").GetString());
        Assert.Equal("morgan-sim", view.GetProperty("models")[0].GetString());
        Assert.Equal(JsonValueKind.Array, checks.GetProperty("checks").ValueKind);
    }

    [Theory]
    [InlineData("GET", "/admin/hosts/nobody")]
    [InlineData("POST", "/admin/hosts/nobody/drain")]
    public async Task Admin_UnknownHost_Is404(string method, string path)
    {
        await using var gateway = await RunningGateway.StartAsync([]);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Admin_CircuitReset_GivesTheHostTrafficAgain()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Llm:Retry:MaxRetries=0", "--Llm:Timeouts:Total=00:00:05");
        await host.FaultAsync("status", new { status = 500, count = 5 });
        for (var i = 0; i < 5; i++)
        {
            using var failed = await gateway.ChatAsync();
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        using var open = await gateway.ChatAsync();
        using var reset = await gateway.PostAsync("/admin/circuits/reset", "");
        using var closed = await gateway.ChatAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, open.StatusCode);
        Assert.Equal(HttpStatusCode.OK, reset.StatusCode);
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
    }

    [Fact]
    public async Task Health_WithAHostDown_IsDegradedAnd200()
    {
        await using var up = await SimulatedHost.StartAsync("up");
        var down = await SimulatedHost.StartAsync("down");
        await using var gateway = await RunningGateway.StartAsync([up, down], "--Llm:Health:Interval=00:00:00.05");
        await down.DisposeAsync();

        await Eventually.TrueAsync(
            async () => (await gateway.GetAsync<JsonElement>("/health")).GetProperty("status").GetString() == "degraded", "the gateway is degraded");
        using var health = await gateway.Client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains("down is", await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_NewHostsAndAliases_TakeOverWithoutADroppedRequest()
    {
        await using var one = await SimulatedHost.StartAsync("one");
        await using var two = await SimulatedHost.StartAsync("two");
        var file = Path.Combine(Path.GetTempPath(), $"morgan-{Guid.NewGuid():N}.json");
        await WriteAsync(file, one, "a:1");
        try
        {
            using var refusals = new RefusalLog();
            await using var gateway = await RunningGateway.StartAsync(
                [], builder => builder.Logging.AddProvider(refusals), $"--Morgan:ConfigFile={file}");
            await one.PlanAsync(new { interTokenMs = 10, tokens = 100 });
            using var streamed = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(stream: true, "a:1"));

            await WriteAsync(file, two, "b:2");
            await Eventually.TrueAsync(
                async () =>
                {
                    using var response = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "b:2"));
                    return response.IsSuccessStatusCode && response.Headers.GetValues("x-morgan-host").Single() == "two";
                },
                "the new host serves the new alias");
            using var gone = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "a:1"));

            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
            Assert.EndsWith("data: [DONE]\n\n", await streamed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, """{"Llm":{"Strategy":"by-magic"}}""", TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => refusals.Count > 0, "the bad version is refused");
            using var still = await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(model: "b:2"));
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Drain_StreamStillOpenAfterTheGrace_EndsWithTheErrorEvent()
    {
        await using var host = await SimulatedHost.StartAsync("one");
        await using var gateway = await RunningGateway.StartAsync([host], "--Drain=00:00:00.3");
        await host.PlanAsync(new { interTokenMs = 50, tokens = 1000 });
        using var streamed = await gateway.ChatAsync(stream: true);

        gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var text = await streamed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\"stream_interrupted\"", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await host.CountAsync("cancelled") == 1, "the host is told to stop");
    }

    private static Task WriteAsync(string file, SimulatedHost host, string alias) => File.WriteAllTextAsync(
        file,
        JsonSerializer.Serialize(new
        {
            Llm = new
            {
                Hosts = new[] { new { host.Name, host.Url } },
                Models = new Dictionary<string, string[]> { [alias] = ["morgan-sim"] },
            },
        }),
        TestContext.Current.CancellationToken);
}
