using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Health;

namespace Morgan.Tests.Upstreams.Health;

public sealed class HealthMonitorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai", "http://a/v1", "/v1/models")]
    [InlineData("openai", "http://a/v1/", "/v1/models")]
    [InlineData("ollama", "http://a/v1", "/api/version")]
    [InlineData("azure", "http://a", "/openai/models?api-version=2024-10-21")]
    [InlineData("azure", "http://a/openai", "/openai/models?api-version=2024-10-21")]
    public async Task Check_EachKind_AsksWhatGeneratesNothing(string kind, string url, string path)
    {
        await using var engine = new TestEngine(TestEngine.Options(
            new HostOptions { Name = "a", Url = url, Kind = kind, ApiVersion = "2024-10-21", ApiKey = "secret" }));
        var asked = new TaskCompletionSource<HttpRequestMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        engine["a"].Answer = (request, _) =>
        {
            asked.SetResult(request);
            return Task.FromResult(ScriptedHost.Respond(HttpStatusCode.OK));
        };
        await using var monitor = await StartAsync(engine);

        var seen = await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(path, Assert.Single(engine["a"].Paths));
        Assert.Equal((HttpMethod.Get, null), (seen.Method, seen.Content));
        Assert.Equal(kind == "azure" ? "secret" : "Bearer secret", string.Join(',', seen.Headers.GetValues(kind == "azure" ? "api-key" : "Authorization")));
    }

    [Fact]
    public async Task Checks_Rhythm_AboutEveryThirtySeconds()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await using var monitor = await StartAsync(engine);
        await ChecksAsync(engine, "a", 1);
        for (var i = 2; i <= 6; i++)
        {
            var last = engine.Fake.GetUtcNow();
            await ChecksAsync(engine, "a", i);
            Assert.InRange(engine.Fake.GetUtcNow() - last, TimeSpan.FromSeconds(26.9), TimeSpan.FromSeconds(36));
        }

        Assert.Equal(HealthState.Healthy, engine.State("a").Health.State);
    }

    [Fact]
    public async Task Checks_ManyHosts_DoNotStayTogether()
    {
        await using var engine = new TestEngine(TestEngine.Options([.. Enumerable.Range(0, 30).Select(i => TestEngine.Named($"h{i}"))]), random: Random.Shared);
        await using var monitor = await StartAsync(engine);
        await TestEngine.UntilAsync(() => engine.Registry.Current.Hosts.All(host => host.Checks.Count == 1));

        engine.Fake.Advance(TimeSpan.FromSeconds(30));
        await TestEngine.UntilAsync(() => engine.Registry.Current.Hosts.Any(host => host.Checks.Count == 2));
        await TestEngine.SettleAsync();

        Assert.InRange(engine.Registry.Current.Hosts.Count(host => host.Checks.Count == 2), 1, 29);
    }

    [Fact]
    public async Task Check_NoAnswer_EndsAtItsOwnDeadline()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        engine["a"].Hang();
        await using var monitor = await StartAsync(engine);
        await TestEngine.UntilAsync(() => engine["a"].Requests == 1);

        engine.Fake.Advance(TimeSpan.FromSeconds(5));
        await TestEngine.UntilAsync(() => engine.Host("a").Checks.Count == 1);

        var check = engine.Host("a").Describe().LastCheck!;
        Assert.Equal((false, "no answer within 5 s", 5_000), (check.Ok, check.Error, check.ResponseMs));
    }

    [Fact]
    public async Task Checks_HostDown_UnhealthyThenHealthyWithUptime()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Refuse();
        await using var monitor = await StartAsync(engine);
        await ChecksAsync(engine, "a", 5);
        await TestEngine.UntilAsync(() => engine.Host("a").Checks.Count == 5);

        Assert.Equal("unhealthy", engine.Host("a").Describe().State);
        Assert.Equal("connection refused", engine.Host("a").Describe().LastCheck!.Error);
        engine["a"].Always(HttpStatusCode.OK);
        await TestEngine.UntilAsync(() =>
        {
            engine.Fake.Advance(TimeSpan.FromSeconds(1));
            return engine.Host("a").Describe().State == "healthy";
        });
        Assert.InRange(engine.Host("a").Describe().UptimePercent, 10, 50);
    }

    [Fact]
    public async Task Unhealthy_OthersUsable_GetsNothingElseIsTheLastResort()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a"), TestEngine.Named("spare", priority: 1)));
        for (var i = 0; i < 5; i++)
        {
            engine.State("a").Health.Failed();
        }

        Assert.Equal("spare", (await engine.RoundTripAsync()).Host!.Name);
        engine.Host("spare").Disable();
        Assert.Equal("a", (await engine.RoundTripAsync()).Host!.Name);
        Assert.Equal("healthy", engine.Host("a").Describe().State);
    }

    [Fact]
    public async Task Returned_SlowStart_SharesGrowOverTheInterval()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        for (var i = 0; i < 5; i++)
        {
            engine.State("a").Health.Failed();
        }

        engine.State("a").Health.Succeeded();
        var early = await CountAsync(engine, 1_000);
        engine.Fake.Advance(TimeSpan.FromSeconds(15));
        var middle = await CountAsync(engine, 1_000);
        engine.Fake.Advance(TimeSpan.FromSeconds(15));
        var late = await CountAsync(engine, 1_000);

        // It takes a tenth of its turns, then 55 %, then all; the other host takes all of its own.
        Assert.InRange(early, 60, 125);
        Assert.InRange(middle, 300, 410);
        Assert.Equal(500, late);
    }

    [Fact]
    public async Task Disabled_IsNotChecked()
    {
        var options = TestEngine.Options("a", "b");
        options.Hosts[0].Enabled = false;
        await using var engine = new TestEngine(options);
        await using var monitor = await StartAsync(engine);

        await TestEngine.UntilAsync(() => engine.Host("b").Checks.Count == 1);
        await TestEngine.SettleAsync();

        Assert.Equal(0, engine["a"].Requests);
    }

    [Fact]
    public async Task Reload_HostAddedAndRemoved_ChecksFollow()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await using var monitor = await StartAsync(engine);
        await ChecksAsync(engine, "a", 1);

        engine.Registry.Apply(TestEngine.Options("b"));
        await ChecksAsync(engine, "b", 6);

        Assert.Equal(1, engine["a"].Requests);
        engine.Registry.Apply(TestEngine.Options("a", "b"));
        await ChecksAsync(engine, "a", 2);
    }

    private static async Task<int> CountAsync(TestEngine engine, int requests)
    {
        var tiers = engine.Tiers();
        var before = engine["a"].Requests;
        for (var i = 0; i < requests; i++)
        {
            await engine.RoundTripAsync(engine.Request(tiers: tiers));
        }

        return engine["a"].Requests - before;
    }

    // In small steps of fake time: a check's end, and with it the start of the next pause, takes real time.
    private static Task ChecksAsync(TestEngine engine, string host, int count) => TestEngine.UntilAsync(() =>
    {
        if (engine[host].Requests == count)
        {
            return true;
        }

        engine.Fake.Advance(TimeSpan.FromSeconds(0.5));
        return false;
    });

    private static async Task<Running> StartAsync(TestEngine engine)
    {
        var monitor = new HealthMonitor(engine.Registry);
        await monitor.StartAsync(Cancellation);
        return new Running(monitor);
    }

    private sealed class Running(HealthMonitor monitor) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await monitor.StopAsync(CancellationToken.None);
            monitor.Dispose();
        }
    }
}
