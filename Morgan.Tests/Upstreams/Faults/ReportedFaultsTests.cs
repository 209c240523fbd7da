using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Faults;

/// <summary>Faults that users of other gateways have reported, where they are the engine's business; numbered as in the list.</summary>
public sealed class ReportedFaultsTests
{
    [Theory]
    [InlineData(Strategies.LeastLoaded, OutcomeKind.Failed)]
    [InlineData(Strategies.LeastLoaded, OutcomeKind.ClientError)]
    [InlineData(Strategies.Latency, OutcomeKind.Failed)]
    [InlineData(Strategies.Latency, OutcomeKind.ClientError)]
    public async Task Fault01_LeastConnectionsBlackHole_HostThatFailsFastDrawsNoMoreThanItsShare(string strategy, OutcomeKind kind)
    {
        // It answers at once, and wrongly four times of five; the others work 2 s on each. Breaker and health are kept out of it.
        var options = TestEngine.Options("bad", "b", "c");
        options.Strategy = strategy;
        options.CircuitBreaker.FailureThreshold = 1_000;
        options.Health.UnhealthyThreshold = 1_000;
        await using var engine = new TestEngine(options);
        var tiers = engine.Tiers();
        var working = new Queue<(int Done, UpstreamResult Result)>();
        var exchange = new TestExchange();
        var bad = 0;
        exchange.Accept = (response, _) =>
        {
            var isBad = response.RequestMessage!.RequestUri!.Host == "bad";
            engine.Fake.Advance(TimeSpan.FromMilliseconds(isBad ? 1 : 50));
            return ValueTask.FromResult(isBad && ++bad % 5 != 0
                ? new AttemptOutcome(kind, kind == OutcomeKind.Failed ? FailureReason.BrokenBody : FailureReason.None)
                : AttemptOutcome.Success);
        };

        for (var step = 0; step < 1_000; step++)
        {
            var result = await engine.SendAsync(engine.Request(exchange, tiers));
            working.Enqueue((result.Host!.Name == "bad" ? step : step + 20, result));
            engine.Fake.Advance(TimeSpan.FromMilliseconds(100));
            while (working.TryPeek(out var first) && first.Done <= step)
            {
                working.Dequeue();
                first.Result.Lease?.Complete(AttemptOutcome.Success);
                await first.Result.DisposeAsync();
            }
        }

        Assert.InRange(engine["bad"].Requests, 1, 1_000 / 3);
    }

    [Fact]
    public async Task Fault02_CoolDownBarelyHolds_HostIsOutAfterFiveFailures()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(HttpStatusCode.InternalServerError);
        var tiers = engine.Tiers();

        for (var i = 0; i < 25; i++)
        {
            Assert.Equal("b", (await engine.RoundTripAsync(engine.Request(tiers: tiers))).Host!.Name);
        }

        Assert.Equal(5, engine["a"].Requests);
        engine.Fake.Advance(TimeSpan.FromSeconds(59));
        await engine.RoundTripAsync(engine.Request(tiers: tiers));
        Assert.Equal(5, engine["a"].Requests);
    }

    [Fact]
    public async Task Fault02_CoolDownBarelyHolds_ShorterPauseDoesNotEndALongerOne()
    {
        var options = TestEngine.Options("a");
        options.Retry.MaxRetries = 0;
        await using var engine = new TestEngine(options);
        var (long1, short1) = (new TaskCompletionSource<HttpResponseMessage>(), new TaskCompletionSource<HttpResponseMessage>());
        var answers = new Queue<Task<HttpResponseMessage>>([long1.Task, short1.Task]);
        engine["a"].Answer = (_, _) => answers.Dequeue();
        var sendings = new[] { engine.RoundTripAsync(), engine.RoundTripAsync() };

        long1.SetResult(ScriptedHost.Respond(HttpStatusCode.TooManyRequests, retryAfter: "60"));
        await sendings[0];
        short1.SetResult(ScriptedHost.Respond(HttpStatusCode.TooManyRequests, retryAfter: "2"));
        await sendings[1];

        Assert.Equal(60_000, engine.Host("a").Describe().CoolingDownMs);
    }

    [Fact]
    public async Task Fault02_CoolDownBarelyHolds_LimitWithoutATimeDoublesThePauseEachTime()
    {
        var options = TestEngine.Options("a");
        options.Retry.MaxRetries = 0;
        await using var engine = new TestEngine(options);
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        engine["a"].Answer = async (_, _) =>
        {
            await answer.Task;
            return ScriptedHost.Respond(HttpStatusCode.TooManyRequests);
        };
        var together = Enumerable.Range(0, 10).Select(_ => engine.RoundTripAsync()).ToArray();
        answer.SetResult(new HttpResponseMessage());
        await Task.WhenAll(together);

        var pauses = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(engine.Host("a").Describe().CoolingDownMs);
            engine.Fake.Advance(TimeSpan.FromMilliseconds(pauses[^1]));
            await engine.RoundTripAsync();
        }

        Assert.Equal([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000], pauses);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, "20")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "20")]
    [InlineData(HttpStatusCode.TooManyRequests, "Fri, 01 Jan 2027 00:00:20 GMT")]
    public async Task Fault03_AllHostsCooling_WaitsForTheFirstToComeBack(HttpStatusCode status, string retryAfter)
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(status, retryAfter: "90");
        engine["b"].Always(status, retryAfter: retryAfter);
        var began = engine.Fake.GetUtcNow();
        var sending = engine.RoundTripAsync();
        await TestEngine.UntilAsync(() => engine["a"].Requests == 1 && engine["b"].Requests == 1);
        engine["a"].Always(HttpStatusCode.OK);
        engine["b"].Always(HttpStatusCode.OK);

        var result = await engine.RunAsync(sending);

        Assert.Equal((UpstreamResultKind.Accepted, "b", 3), (result.Kind, result.Host!.Name, result.Attempts));
        engine.AssertTook(began, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Fault03_AllCircuitsOpen_WaitsForTheFirstToComeBack()
    {
        var options = TestEngine.Options("a");
        options.Retry.MaxRetries = 0;
        await using var engine = new TestEngine(options);
        engine["a"].Always(HttpStatusCode.InternalServerError);
        for (var i = 0; i < 5; i++)
        {
            await engine.RoundTripAsync();
        }

        engine["a"].Always(HttpStatusCode.OK);
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.RoundTripAsync());

        Assert.Equal(UpstreamResultKind.Accepted, result.Kind);
        engine.AssertTook(began, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Fault03_RetryAfterPastTheDeadline_AnswerAtOnceWithTheSoonest()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(HttpStatusCode.TooManyRequests, retryAfter: "90");
        engine["b"].Always(HttpStatusCode.TooManyRequests, retryAfter: "40");
        var options = engine.Request(timeout: TimeSpan.FromSeconds(30));

        var sending = engine.RoundTripAsync(options);
        var result = await engine.RunAsync(sending);

        Assert.Equal((UpstreamResultKind.RateLimited, 2), (result.Kind, result.Attempts));
        Assert.InRange(result.RetryAfter!.Value, TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(40));
        Assert.Equal(0, engine.State("a").Breaker.Failures);
    }
}
