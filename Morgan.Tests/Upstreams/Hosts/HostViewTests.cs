using System.Net;
using System.Text.Json;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Hosts;

public sealed class HostViewTests
{
    [Fact]
    public async Task Describe_AsJson_HasWhatIsDocumented()
    {
        await using var engine = new TestEngine(TestEngine.Options(new HostOptions
        {
            Name = "gpu1",
            Url = "http://gpu1/v1",
            Weight = 2,
            Priority = 1,
            Models = new Dictionary<string, string> { ["llama3"] = "llama3.2:latest" },
        }));

        var json = JsonSerializer.SerializeToElement(engine.Host("gpu1").Describe(), JsonSerializerOptions.Web);

        string[] documented =
        [
            "name", "url", "enabled", "draining", "state", "circuit", "coolingDownMs", "inFlight", "requests", "failures", "latencyMs",
            "timeToFirstTokenMs", "uptimePercent", "lastCheck", "consecutiveFailures", "limiter", "weight", "priority", "models",
        ];
        Assert.All(documented, name => Assert.True(json.TryGetProperty(name, out _), name));
        Assert.Equal("""{"state":"closed","failures":0,"reopensInMs":0}""", json.GetProperty("circuit").GetRawText());
        Assert.Equal("""{"p50":null,"p95":null,"p99":null}""", json.GetProperty("latencyMs").GetRawText());
        Assert.Equal("unknown", json.GetProperty("state").GetString());
        Assert.Equal("""["llama3"]""", json.GetProperty("models").GetRawText());
        Assert.DoesNotContain("key", json.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Describe_AfterFailures_CircuitCoolDownAndCounts()
    {
        var options = TestEngine.Options("a");
        options.Retry.MaxRetries = 0;
        await using var engine = new TestEngine(options);
        engine["a"].Always(HttpStatusCode.ServiceUnavailable, retryAfter: "7");
        for (var i = 0; i < 5; i++)
        {
            await engine.RoundTripAsync();
            engine.State("a").Trouble.CoolDown.Reset();
        }

        engine.State("a").Trouble.CoolDown.Extend(engine.Context.Clock.Now + TimeSpan.FromSeconds(7).Ticks);
        var view = engine.Host("a").Describe();

        Assert.Equal(("open", 60_000), (view.Circuit.State, view.Circuit.ReopensInMs));
        Assert.Equal((7_000, 5L, 5L, 5), (view.CoolingDownMs, view.Requests, view.Failures, view.ConsecutiveFailures));
        engine.Host("a").ResetCircuit();
        view = engine.Host("a").Describe();
        Assert.Equal(("closed", 0L), (view.Circuit.State, view.CoolingDownMs));
    }

    [Fact]
    public async Task Describe_Latencies_QuantilesToTenPercent()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        for (var i = 1; i <= 100; i++)
        {
            engine["a"].Answer = (_, _) =>
            {
                engine.Fake.Advance(TimeSpan.FromMilliseconds(i));
                return Task.FromResult(ScriptedHost.Respond(HttpStatusCode.OK));
            };
            await using var result = await engine.SendAsync(engine.Request(streamed: true));
            engine.Fake.Advance(TimeSpan.FromMilliseconds(i));
            result.Lease!.Complete(AttemptOutcome.Success);
        }

        var view = engine.Host("a").Describe();

        Assert.InRange(view.TimeToFirstTokenMs.P50!.Value, 50, 55);
        Assert.InRange(view.TimeToFirstTokenMs.P95!.Value, 95, 105);
        Assert.InRange(view.TimeToFirstTokenMs.P99!.Value, 99, 109);
        Assert.InRange(view.LatencyMs.P50!.Value, 100, 110);
        engine.Fake.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(engine.Host("a").Describe().LatencyMs.P50);
    }
}
