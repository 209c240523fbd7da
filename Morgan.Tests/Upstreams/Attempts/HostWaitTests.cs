using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class HostWaitTests
{
    [Fact]
    public async Task RateLimit_UsedUp_WaitsInTurn()
    {
        await using var engine = new TestEngine(Limited(TestEngine.Options("a"), rate: 2, burst: 1));
        await engine.RoundTripAsync();
        var began = engine.Fake.GetUtcNow();

        var waiting = engine.RoundTripAsync();
        await TestEngine.UntilAsync(() => engine.Host("a").Describe().Limiter!.Waiting == 1);
        var result = await engine.RunAsync(waiting);

        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
        engine.AssertTook(began, TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task RateLimit_OtherHostHasPermits_NobodyWaits()
    {
        await using var engine = new TestEngine(Limited(TestEngine.Options("a", "b"), rate: 1, burst: 2));

        var hosts = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            hosts.Add((await engine.RoundTripAsync()).Host!.Name);
        }

        Assert.Equal(2, hosts.Count(name => name == "a"));
        Assert.Equal(2, hosts.Count(name => name == "b"));
    }

    [Fact]
    public async Task RateLimit_WaitPastMaxWait_OverloadedAtOnceWithTheTimeToWait()
    {
        var options = Limited(TestEngine.Options("a"), rate: 0.05, burst: 1);
        await using var engine = new TestEngine(options);
        await engine.RoundTripAsync();

        var result = await engine.RoundTripAsync();

        Assert.Equal((UpstreamResultKind.Overloaded, 0), (result.Kind, result.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(20), result.RetryAfter);
    }

    [Fact]
    public async Task RateLimit_WaitPastTheDeadline_OverloadedAtOnce()
    {
        await using var engine = new TestEngine(Limited(TestEngine.Options("a"), rate: 0.5, burst: 1));
        await engine.RoundTripAsync();

        var result = await engine.RoundTripAsync(engine.Request(timeout: TimeSpan.FromSeconds(1)));

        Assert.Equal(UpstreamResultKind.Overloaded, result.Kind);
    }

    [Fact]
    public async Task FullHosts_PlaceBecomesFree_LongestWaitingGetsIt()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1), TestEngine.Named("b", maxConcurrency: 1)));
        var first = await engine.SendAsync();
        var second = await engine.SendAsync();
        Assert.Equal(2, new[] { first, second }.Select(result => result.Host!.Name).Distinct().Count());

        var third = engine.SendAsync();
        var fourth = engine.SendAsync();
        await TestEngine.SettleAsync();
        Assert.False(third.IsCompleted || fourth.IsCompleted);
        second.Lease!.Complete(AttemptOutcome.Success);

        Assert.Equal(second.Host!.Name, (await third).Host!.Name);
        Assert.False(fourth.IsCompleted);
        (await third).Lease!.Complete(AttemptOutcome.Success);
        Assert.Equal(UpstreamResultKind.Accepted, (await fourth).Kind);
    }

    [Fact]
    public async Task FullHost_OneFlowFloods_AnotherHasTheSecondPlaceThatIsFree()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1)));
        var first = await engine.SendAsync();
        var flood = Enumerable.Range(0, 3).Select(_ => engine.SendAsync(engine.Request(flow: "flood"))).ToArray();
        await TestEngine.SettleAsync();
        var other = engine.SendAsync(engine.Request(flow: "other"));
        await TestEngine.SettleAsync();

        first.Lease!.Complete(AttemptOutcome.Success);
        (await flood[0]).Lease!.Complete(AttemptOutcome.Success);

        Assert.Equal(UpstreamResultKind.Accepted, (await other).Kind);
        Assert.False(flood[1].IsCompleted || flood[2].IsCompleted);
    }

    [Fact]
    public async Task RateLimit_OneFlowFloods_AnotherHasTheSecondPermit_AndItsOwnRetryAfter()
    {
        await using var engine = new TestEngine(Limited(TestEngine.Options("a"), rate: 1, burst: 1));
        await engine.RoundTripAsync();
        var flood = Enumerable.Range(0, 10).Select(_ => engine.RoundTripAsync(engine.Request(flow: "flood"))).ToArray();
        await TestEngine.UntilAsync(() => engine.Host("a").Describe().Limiter!.Waiting == 10);

        var late = await engine.RoundTripAsync(engine.Request(flow: "flood"));
        var other = engine.RoundTripAsync(engine.Request(flow: "other"));
        await TestEngine.UntilAsync(() => engine.Host("a").Describe().Limiter!.Waiting == 11);
        await engine.RunAsync(other);

        Assert.Equal((UpstreamResultKind.Overloaded, TimeSpan.FromSeconds(11)), (late.Kind, late.RetryAfter));
        Assert.InRange(flood.Count(request => request.IsCompleted), 1, 2);
        await engine.RunAsync(Task.WhenAll(flood));
    }

    [Fact]
    public async Task FullHosts_NoPlaceInTime_Overloaded()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1)));
        await using var first = await engine.SendAsync();
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.RoundTripAsync());

        Assert.Equal((UpstreamResultKind.Overloaded, 0), (result.Kind, result.Attempts));
        Assert.NotNull(result.RetryAfter);
        engine.AssertTook(began, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task FullHosts_QueueFull_OverloadedAtOnce()
    {
        var options = TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1));
        options.RateLimit.QueueLimit = 1;
        await using var engine = new TestEngine(options);
        await using var first = await engine.SendAsync();
        var second = engine.SendAsync();
        await TestEngine.SettleAsync();

        Assert.Equal(UpstreamResultKind.Overloaded, (await engine.RoundTripAsync()).Kind);
        first.Lease!.Complete(AttemptOutcome.Success);
        Assert.Equal(UpstreamResultKind.Accepted, (await second).Kind);
    }

    [Fact]
    public async Task FullHost_LowerTierFree_SpillsOver()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1), TestEngine.Named("spare", priority: 1)));
        await using var first = await engine.SendAsync();

        Assert.Equal("spare", (await engine.RoundTripAsync()).Host!.Name);
    }

    [Fact]
    public async Task AllCoolingDown_BeyondTheDeadline_NoHealthyHostWithTheSoonest()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        Cool(engine, "a", seconds: 90);
        Cool(engine, "b", seconds: 40);

        var result = await engine.RoundTripAsync(engine.Request(timeout: TimeSpan.FromSeconds(30)));

        Assert.Equal((UpstreamResultKind.NoHealthyHost, 0), (result.Kind, result.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(40), result.RetryAfter);
    }

    [Fact]
    public async Task AllCoolingDown_OneIsResetByHand_RequestGoesOnAtOnce()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        Cool(engine, "a", seconds: 90);
        var waiting = engine.RoundTripAsync();
        await TestEngine.SettleAsync();
        Assert.False(waiting.IsCompleted);

        engine.Host("a").ResetCircuit();

        Assert.Equal(UpstreamResultKind.Accepted, (await waiting).Kind);
    }

    [Fact]
    public async Task HalfOpen_ProbesUnderWay_OthersWaitForTheirVerdict()
    {
        var options = TestEngine.Options("a");
        options.Retry.MaxRetries = 0;
        await using var engine = new TestEngine(options);
        engine["a"].Always(HttpStatusCode.InternalServerError);
        for (var i = 0; i < 5; i++)
        {
            await engine.RoundTripAsync();
        }

        engine.Fake.Advance(TimeSpan.FromMinutes(1));
        var release = new TaskCompletionSource();
        engine["a"].Answer = async (_, _) =>
        {
            await release.Task;
            return ScriptedHost.Respond(HttpStatusCode.OK);
        };
        var requests = Enumerable.Range(0, 6).Select(_ => engine.RoundTripAsync()).ToArray();
        await TestEngine.UntilAsync(() => engine["a"].Requests == 5 + 2);
        await TestEngine.SettleAsync();
        Assert.Equal(5 + 2, engine["a"].Requests);

        release.SetResult();

        Assert.All(await Task.WhenAll(requests), result => Assert.Equal(UpstreamResultKind.Accepted, result.Kind));
    }

    [Fact]
    public async Task AllDisabled_NoHealthyHostAtOnce()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        engine.Host("a").Disable();

        var result = await engine.RoundTripAsync();

        Assert.Equal(UpstreamResultKind.NoHealthyHost, result.Kind);
        Assert.Null(result.RetryAfter);
    }

    [Fact]
    public async Task Disable_WhileARequestWaitsForItsPlace_IsNotEntered()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a", maxConcurrency: 1)));
        var first = await engine.SendAsync();
        var second = engine.SendAsync();
        await TestEngine.SettleAsync();
        engine.Host("a").Disable();
        first.Lease!.Complete(AttemptOutcome.Success);

        Assert.Equal(UpstreamResultKind.NoHealthyHost, (await engine.RunAsync(second)).Kind);
        Assert.Equal((1, 0), (engine["a"].Requests, engine.State("a").InFlight));
    }

    private static void Cool(TestEngine engine, string host, int seconds) =>
        engine.State(host).Trouble.CoolDown.Extend(engine.Context.Clock.Now + (seconds * TimeSpan.TicksPerSecond));

    private static UpstreamOptions Limited(UpstreamOptions options, double rate, int burst)
    {
        options.RateLimit = new RateLimitOptions
        {
            Algorithm = RateLimitAlgorithms.TokenBucket,
            RequestsPerSecond = rate,
            Burst = burst,
        };
        return options;
    }
}
