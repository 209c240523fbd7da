using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class AttemptLoopTests
{
    [Fact]
    public async Task SendAsync_HostAnswers_AcceptedWithItsLease()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));

        await using var result = await engine.SendAsync();

        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
        Assert.Equal(("a", "model", 1), (result.Host!.Name, result.Model, result.Attempts));
        Assert.Equal("ok", await result.Response!.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("/v1/chat/completions", Assert.Single(engine["a"].Paths));
        Assert.Equal(1, engine.State("a").InFlight);
        result.Lease!.Complete(AttemptOutcome.Success);
        Assert.Equal(0, engine.State("a").InFlight);
    }

    public static TheoryData<string> Failures => ["503", "408", "500", "refused", "broken", "error in stream"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task SendAsync_HostFails_AnotherAtOnce(string how)
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        var exchange = Fail(engine["a"], how);
        var log = new AttemptLog();

        var result = await engine.RoundTripAsync(engine.Request(exchange, observer: log));

        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
        Assert.Equal(("b", 2), (result.Host!.Name, result.Attempts));
        Assert.Equal("2 Failover b", log.Lines[2]);
        Assert.Equal(1, engine.State("a").Failures);
        Assert.Equal(1, engine.State("a").Breaker.Failures);
        Assert.Equal(0, engine.State("a").InFlight);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(HttpStatusCode.UnprocessableEntity)]
    public async Task SendAsync_ClientError_PassedOnNotRetriedNotCounted(HttpStatusCode status)
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(status);

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.HostError, 1), (result.Kind, result.Attempts));
        Assert.Equal(status, result.Response!.StatusCode);
        Assert.Equal("ok", await result.Response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((0, 0L), (engine.State("a").Breaker.Failures, engine.State("a").Failures));
    }

    [Fact]
    public async Task SendAsync_AllFail_LastAnswerIsPassedOn()
    {
        await using var engine = new TestEngine(Retries(1, "a", "b"));
        engine["a"].Always(HttpStatusCode.InternalServerError);
        engine["b"].Always(HttpStatusCode.BadGateway);

        await using var result = await engine.SendAsync();

        Assert.Equal((UpstreamResultKind.HostError, 2), (result.Kind, result.Attempts));
        Assert.Equal(HttpStatusCode.BadGateway, result.Response!.StatusCode);
        Assert.Equal("ok", await result.Response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Null(result.Lease);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.Redirect)]
    public async Task SendAsync_HostMisconfigured_MarkedAndAnotherTried(HttpStatusCode status)
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(status);

        var first = await engine.RoundTripAsync();
        var later = new[] { await engine.RoundTripAsync(), await engine.RoundTripAsync() };

        Assert.Equal(("b", 2), (first.Host!.Name, first.Attempts));
        Assert.All(later, result => Assert.Equal(("b", 1), (result.Host!.Name, result.Attempts)));
        Assert.True(engine.Host("a").Describe().Misconfigured);
        Assert.Equal(0, engine.State("a").Breaker.Failures);
    }

    [Fact]
    public async Task SendAsync_OnlyHostMisconfigured_SaidAtOnceEachTime()
    {
        await using var engine = new TestEngine(Retries(0, "a"));
        engine["a"].Always(HttpStatusCode.Unauthorized);

        for (var i = 0; i < 3; i++)
        {
            var result = await engine.RoundTripAsync();
            Assert.Equal((UpstreamResultKind.Misconfigured, 1), (result.Kind, result.Attempts));
        }

        engine["a"].Always(HttpStatusCode.OK);
        Assert.Equal(UpstreamResultKind.Accepted, (await engine.RoundTripAsync()).Kind);
        Assert.False(engine.Host("a").Describe().Misconfigured);
    }

    [Fact]
    public async Task SendAsync_ConflictToBeRetried_SentAgain()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Answer = (_, _) =>
        {
            var response = ScriptedHost.Respond(HttpStatusCode.Conflict);
            response.Headers.Add("x-should-retry", "true");
            return Task.FromResult(response);
        };

        var result = await engine.RoundTripAsync();

        Assert.Equal("b", result.Host!.Name);
        Assert.Equal(0, engine.State("a").Breaker.Failures);
    }

    [Fact]
    public async Task SendAsync_MaxRetries_CountsFailovers()
    {
        await using var engine = new TestEngine(Retries(2, "a", "b", "c", "d"));
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            engine[name].Always(HttpStatusCode.ServiceUnavailable);
        }

        var result = await engine.RoundTripAsync();

        Assert.Equal(3, result.Attempts);
        Assert.Equal(0, engine["d"].Requests);
    }

    [Fact]
    public async Task SendAsync_MayNotRetry_OneAttempt()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(HttpStatusCode.ServiceUnavailable);
        var request = engine.Request();

        await using var result = await engine.Client.SendAsync(
            new UpstreamRequest { Tiers = request.Tiers, Attempts = request.Attempts, Deadline = request.Deadline, MayRetry = false },
            TestContext.Current.CancellationToken);

        Assert.Equal((UpstreamResultKind.HostError, 1), (result.Kind, result.Attempts));
    }

    [Fact]
    public async Task SendAsync_AllCandidatesTried_OnlyThenBacksOff()
    {
        var options = Retries(3, "a", "b");
        options.Retry.Jitter = false;
        await using var engine = new TestEngine(options);
        engine["a"].Then(HttpStatusCode.InternalServerError);
        engine["b"].Then(HttpStatusCode.InternalServerError);
        var log = new AttemptLog();
        var began = engine.Fake.GetUtcNow();

        var sending = engine.RoundTripAsync(engine.Request(observer: log));
        await TestEngine.UntilAsync(() => engine["a"].Requests + engine["b"].Requests == 2);
        var result = await engine.RunAsync(sending);

        Assert.Equal(3, result.Attempts);
        Assert.Contains("3 Retry", log.Lines[4], StringComparison.Ordinal);
        engine.AssertTook(began, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task SendAsync_CallerLeaves_HostStopsAndNothingIsHeld()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Hang();
        using var caller = new CancellationTokenSource();

        var sending = engine.Client.SendAsync(engine.Request(), caller.Token);
        await TestEngine.UntilAsync(() => engine["a"].Requests == 1);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal((1, 0), (engine["a"].Cancelled, engine["b"].Requests));
        Assert.Equal((0, 0), (engine.State("a").InFlight, engine.State("a").Breaker.Failures));
    }

    [Fact]
    public async Task SendAsync_LowerTier_OnlyWhenTheFirstHasNoUsableHost()
    {
        await using var engine = new TestEngine(TestEngine.Options(TestEngine.Named("a"), TestEngine.Named("spare", priority: 1)));

        Assert.Equal("a", (await engine.RoundTripAsync()).Host!.Name);
        engine.Host("a").Disable();
        Assert.Equal("spare", (await engine.RoundTripAsync()).Host!.Name);
        engine.Host("a").Enable();
        Assert.Equal("a", (await engine.RoundTripAsync()).Host!.Name);
    }

    [Fact]
    public async Task SendAsync_CallersOwnFault_ThrownAndNotHeldAgainstTheHost()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var request = engine.Request();

        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.SendAsync(
            new UpstreamRequest { Tiers = request.Tiers, Attempts = new Unwritable(), Deadline = request.Deadline }));

        Assert.Equal((0, 0, 0L), (engine.State("a").InFlight, engine.State("a").Breaker.Failures, engine.State("a").Failures));
    }

    [Fact]
    public async Task SendAsync_NoTiers_NoHealthyHost()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));

        await using var result = await engine.SendAsync(engine.Request(tiers: []));

        Assert.Equal((UpstreamResultKind.NoHealthyHost, 0), (result.Kind, result.Attempts));
    }

    private static UpstreamOptions Retries(int most, params string[] names)
    {
        var options = TestEngine.Options(names);
        options.Retry.MaxRetries = most;
        return options;
    }

    private static TestExchange Fail(ScriptedHost host, string how)
    {
        var exchange = new TestExchange();
        switch (how)
        {
            case "refused":
                host.Refuse();
                break;
            case "broken":
                exchange.Accept = Once(() => throw new HttpIOException(HttpRequestError.ResponseEnded));
                break;
            case "error in stream":
                exchange.Accept = Once(() => AttemptOutcome.Failed(FailureReason.ErrorInStream));
                break;
            default:
                host.Always((HttpStatusCode)int.Parse(how, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }

        return exchange;

        static Func<HttpResponseMessage, CancellationToken, ValueTask<AttemptOutcome>> Once(Func<AttemptOutcome> first)
        {
            var calls = 0;
            return (_, _) => ValueTask.FromResult(calls++ == 0 ? first() : AttemptOutcome.Success);
        }
    }

    private sealed class Unwritable : IAttemptFactory
    {
        public IAttempt Create() => throw new InvalidOperationException("no body");
    }
}
