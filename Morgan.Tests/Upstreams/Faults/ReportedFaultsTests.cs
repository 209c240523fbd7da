using System.Net;
using Microsoft.AspNetCore.Http;
using Morgan.Tests.Upstreams.Connections;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Health;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.Upstreams.Faults;

/// <summary>Faults that users of other gateways have reported, where they are the engine's business; numbered as in the list.</summary>
public sealed class ReportedFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
        Assert.Equal(TimeSpan.FromSeconds(40), result.RetryAfter);
        Assert.Equal(0, engine.State("a").Breaker.Failures);
    }

    [Fact]
    public async Task Fault07_StallBetweenTokens_IdleTimeoutAndCountedAgainstTheHost()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var pipe = new System.IO.Pipelines.Pipe();
        engine["a"].Answer = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) });
        await pipe.Writer.WriteAsync("data: 1\n\n"u8.ToArray(), Cancellation);
        await using var result = await engine.SendAsync(engine.Request(streamed: true));
        var body = await result.Response!.Content.ReadAsStreamAsync(Cancellation);
        using var guard = new RelayGuard(result.Host!.Settings.Timeouts, Deadline.After(engine.Time, TimeSpan.FromMinutes(10)), engine.Time, Cancellation);
        guard.Arm();
        Assert.NotEqual(0, await body.ReadAsync(new byte[100], guard.Token));

        guard.Arm();
        var stalled = body.ReadAsync(new byte[100], guard.Token).AsTask();
        engine.Fake.Advance(TimeSpan.FromSeconds(119));
        Assert.False(stalled.IsCompleted);
        engine.Fake.Advance(TimeSpan.FromSeconds(1));
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stalled);
        result.Lease!.Complete(guard.Explain(e));

        Assert.Equal(FailureReason.IdleTimeout, guard.Explain(e).Reason);
        Assert.Equal(1, engine.Host("a").Describe().Circuit.Failures);
    }

    [Fact]
    public async Task Fault13_HealthChecksCostMoney_NothingIsEverGenerated()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var seen = new List<string>();
        engine["a"].Answer = (request, _) =>
        {
            seen.Add($"{request.Method} {request.RequestUri!.AbsolutePath} {request.Content}");
            return Task.FromResult(ScriptedHost.Respond(HttpStatusCode.OK));
        };
        using var monitor = new HealthMonitor(engine.Registry);
        await monitor.StartAsync(Cancellation);
        for (var i = 1; i <= 10; i++)
        {
            await TestEngine.UntilAsync(() => engine.Host("a").Checks.Count == i);
            engine.Fake.Advance(TimeSpan.FromSeconds(33));
        }

        await monitor.StopAsync(Cancellation);

        Assert.All(seen, request => Assert.Equal("GET /v1/models ", request));
    }

    [Fact]
    public async Task Fault13_HealthChecksLie_RequestsDecide()
    {
        await using var engine = new TestEngine(TestEngine.Options("checks-fail", "checks-lie"));
        var tiers = engine.Tiers();
        engine["checks-lie"].Always(HttpStatusCode.InternalServerError);
        for (var i = 0; i < 20; i++)
        {
            engine.State("checks-lie").Health.Checked(new HealthCheckView(default, true, 1, null));
            engine.State("checks-fail").Health.Checked(new HealthCheckView(default, false, 1, "status 500"));
            Assert.Equal("checks-fail", (await engine.RoundTripAsync(engine.Request(tiers: tiers))).Host!.Name);
        }

        Assert.Equal(5, engine["checks-lie"].Requests);
        Assert.Equal("open", engine.Host("checks-lie").Describe().Circuit.State);
        Assert.Equal("healthy", engine.Host("checks-fail").Describe().State);
    }

    [Fact]
    public async Task Fault14_PrefixAffinityHerds_ImbalanceIsBounded()
    {
        var options = TestEngine.Options("a", "b", "c", "d");
        options.Strategy = Strategies.PrefixAffinity;
        await using var engine = new TestEngine(options);
        var tiers = engine.Tiers();
        var results = new List<UpstreamResult>();
        for (var i = 0; i < 200; i++)
        {
            // Nine of ten share one prefix.
            results.Add(await engine.SendAsync(new UpstreamRequest
            {
                Tiers = tiers,
                Attempts = new TestExchange(),
                Deadline = Deadline.After(engine.Time, TimeSpan.FromMinutes(1)),
                PrefixHash = i % 10 == 0 ? (ulong)i + 1 : 42,
            }));
            var inFlight = results.GroupBy(result => result.Host!.Name).Max(group => group.Count());
            Assert.InRange(inFlight, 0, Math.Max(4, Math.Ceiling(1.25 * (i + 1) / 4)));
        }

        foreach (var result in results)
        {
            await result.DisposeAsync();
        }

        // And when it is quiet again, the prefix is at home on one host.
        var homes = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            homes.Add(tiers[0].Pick(new PickContext(engine.Context.Clock.Now, Usability.Full, 42))!.Host.Name);
        }

        Assert.Single(homes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault15_ConcurrencyCliffs_AllRequestsAreUnderWayAtOnce(bool tls)
    {
        const int Together = 300;
        var arrived = 0;
        var all = new TaskCompletionSource();
        using var certificates = new TestCertificates();
        await using var host = await KestrelHost.StartAsync(
            async context =>
            {
                if (Interlocked.Increment(ref arrived) == Together)
                {
                    all.SetResult();
                }

                await all.Task;
                await context.Response.WriteAsync("done", Cancellation);
            },
            tls ? certificates.Server : null);
        var options = new UpstreamOptions
        {
            Hosts = [new HostOptions { Name = "a", Url = host.Address.AbsoluteUri, CertificateAuthority = tls ? certificates.AuthorityFile : null }],
        };
        await using var engine = new NetworkEngine(options);

        var results = await Task.WhenAll(Enumerable.Range(0, Together).Select(_ => engine.SendAsync())).WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        Assert.All(results, result => Assert.Equal(UpstreamResultKind.Accepted, result.Kind));
        foreach (var result in results)
        {
            await result.DisposeAsync();
        }
    }
}
