using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Hosts;

public sealed class HostRegistryTests
{
    [Fact]
    public async Task Apply_SameName_StateAndConnectionsSurvive()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        await engine.RoundTripAsync();
        var (state, connection) = (engine.State("a"), engine.Host("a").Connection);

        engine.Registry.Apply(TestEngine.Options(TestEngine.Named("a", weight: 3), TestEngine.Named("c")));

        Assert.Equal(["a", "c"], engine.Registry.Current.Hosts.Select(host => host.Name));
        Assert.Same(state, engine.State("a"));
        Assert.Same(connection, engine.Host("a").Connection);
        Assert.Equal(3, engine.Host("a").Options.Weight);
        Assert.Null(engine.Registry.Current.Find("b"));
    }

    [Fact]
    public async Task Apply_HostRemoved_RequestsUnderWayFinish()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var release = new TaskCompletionSource();
        engine["a"].Answer = async (_, _) =>
        {
            await release.Task;
            return ScriptedHost.Respond(HttpStatusCode.OK);
        };
        var sending = engine.SendAsync();
        await TestEngine.UntilAsync(() => engine["a"].Requests == 1);

        engine.Registry.Apply(TestEngine.Options("b"));
        release.SetResult();

        await using var result = await sending;
        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
    }

    [Fact]
    public async Task Apply_OldTiers_StillServeUntilTheirRequestsAreOver()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var old = engine.Tiers();
        engine.Registry.Apply(TestEngine.Options(new HostOptions { Name = "a", Url = "http://elsewhere/v1" }));

        var result = await engine.RoundTripAsync(engine.Request(tiers: old));

        Assert.Equal((UpstreamResultKind.Accepted, 1, 0), (result.Kind, engine["a"].Requests, engine["elsewhere"].Requests));
        Assert.Equal(1, engine.Host("a").Describe().Requests);
        engine.Fake.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => old[0].Candidates[0].Host.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "http://a/"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Apply_Invalid_RefusedAndTheVersionBeforeStays()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var before = engine.Registry.Current;

        var e = Assert.Throws<ArgumentException>(() => engine.Registry.Apply(TestEngine.Options(new HostOptions { Name = "b", Url = "nonsense" })));

        Assert.Contains("Hosts:0:Url", e.Message, StringComparison.Ordinal);
        Assert.Same(before, engine.Registry.Current);
    }

    [Fact]
    public async Task Apply_Changed_ListenersHearOfItUntilTheyLeave()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var heard = new List<HostPool>();
        using (engine.Registry.OnChange(heard.Add))
        {
            engine.Registry.Apply(TestEngine.Options("b"));
        }

        engine.Registry.Apply(TestEngine.Options("c"));

        Assert.Equal("b", Assert.Single(Assert.Single(heard).Hosts).Name);
    }

    [Fact]
    public async Task Switches_ByHand_TakeEffectOnTheNextPickAndSurviveAReload()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        var tiers = engine.Tiers();
        engine.Host("a").Drain();
        Assert.Equal("b", (await engine.RoundTripAsync(engine.Request(tiers: tiers))).Host!.Name);
        Assert.Equal("b", (await engine.RoundTripAsync(engine.Request(tiers: tiers))).Host!.Name);

        engine.Registry.Apply(TestEngine.Options("a", "b"));

        Assert.True(engine.Host("a").Describe().Draining);
        engine.Host("a").Enable();
        engine.Host("b").Disable();
        Assert.Equal("a", (await engine.RoundTripAsync(engine.Request(tiers: tiers))).Host!.Name);
        Assert.False(engine.Host("b").Describe().Enabled);
    }

    [Fact]
    public async Task Apply_ConfigurationChangesItsMind_OutweighsTheSwitch()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        engine.Host("a").Disable();
        var off = TestEngine.Options("a");
        off.Hosts[0].Enabled = false;

        engine.Registry.Apply(off);
        Assert.False(engine.Host("a").Describe().Enabled);
        engine.Registry.Apply(TestEngine.Options("a"));
        Assert.True(engine.Host("a").Describe().Enabled);
    }

    [Fact]
    public async Task Drain_StreamOpen_FinishesAndHostEmpties()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await using var stream = await engine.SendAsync();

        engine.Host("a").Drain();

        Assert.Equal(1, engine.Host("a").Describe().InFlight);
        stream.Lease!.Complete(AttemptOutcome.Success);
        Assert.Equal(0, engine.Host("a").Describe().InFlight);
    }

    [Fact]
    public async Task Apply_LimitsChanged_TakeEffect()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        Assert.Null(engine.Host("a").Describe().Limiter);
        var limited = TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1));
        limited.RateLimit.Algorithm = RateLimitAlgorithms.TokenBucket;

        engine.Registry.Apply(limited);

        Assert.Equal(new LimiterView(20, 0, 0), engine.Host("a").Describe().Limiter);
        await using var first = await engine.SendAsync();
        Assert.True(engine.State("a").Bulkhead.IsFull);
        engine.Registry.Apply(TestEngine.Options("a"));
        Assert.False(engine.State("a").Bulkhead.IsFull);
        Assert.Null(engine.Host("a").Describe().Limiter);
    }

    [Fact]
    public async Task SendAsync_OwnSettings_OfTheVersionItsTiersCameFrom()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var old = engine.Tiers();
        var strict = TestEngine.Options("a");
        strict.Retry.MaxRetries = 0;
        engine.Registry.Apply(strict);
        engine["a"].Then(HttpStatusCode.InternalServerError);

        var result = await engine.RunAsync(engine.RoundTripAsync(engine.Request(tiers: old)));

        Assert.Equal((UpstreamResultKind.Accepted, 2), (result.Kind, result.Attempts));
    }
}
