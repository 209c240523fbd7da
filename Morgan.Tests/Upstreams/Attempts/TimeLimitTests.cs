using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class TimeLimitTests
{
    [Fact]
    public async Task Stream_NoDataEvent_FirstByteTimeoutThenAnotherHost()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        var exchange = new TestExchange();
        exchange.Accept = async (response, cancellationToken) =>
        {
            if (response.RequestMessage!.RequestUri!.Host == "a")
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return AttemptOutcome.Success;
        };
        var log = new AttemptLog();
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.RoundTripAsync(engine.Request(exchange, streamed: true, observer: log)));

        Assert.Equal("b", result.Host!.Name);
        Assert.Equal("1 Failed FirstByteTimeout", log.Lines[1]);
        engine.AssertTook(began, TimeSpan.FromMinutes(1));
        Assert.InRange(result.HostTime, TimeSpan.FromMinutes(1), engine.Fake.GetUtcNow() - began);
    }

    [Fact]
    public async Task NotStreamed_HeadTakesLong_OnlyResponseTimeoutEndsIt()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Hang();
        var log = new AttemptLog();
        var began = engine.Fake.GetUtcNow();

        await engine.RunAsync(engine.RoundTripAsync(engine.Request(observer: log)), TimeSpan.FromSeconds(1));

        Assert.Equal("1 Failed ResponseTimeout", log.Lines[1]);
        engine.AssertTook(began, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Deadline_BeforeTheStagesLimit_TotalTimeoutAndNoRetry()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Hang();
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.RoundTripAsync(engine.Request(timeout: TimeSpan.FromSeconds(3))));

        Assert.Equal((UpstreamResultKind.Timeout, 1), (result.Kind, result.Attempts));
        Assert.Equal(FailureReason.TotalTimeout, result.Outcome.Reason);
        engine.AssertTook(began, TimeSpan.FromSeconds(3));
        Assert.Equal(1, engine.State("a").Breaker.Failures);
    }

    [Fact]
    public async Task Deadline_SharedByAllAttempts()
    {
        var options = TestEngine.Options("a", "b", "c");
        options.Timeouts.FirstByte = TimeSpan.FromSeconds(4);
        await using var engine = new TestEngine(options);
        engine["a"].Hang();
        engine["b"].Hang();
        engine["c"].Hang();
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.RoundTripAsync(engine.Request(streamed: true, timeout: TimeSpan.FromSeconds(10))));

        Assert.Equal((UpstreamResultKind.Timeout, 3), (result.Kind, result.Attempts));
        engine.AssertTook(began, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task ConnectTimeout_ToldFromOthers()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Answer = (_, _) => throw new TaskCanceledException("connect", new TimeoutException());
        var log = new AttemptLog();

        await engine.RoundTripAsync(engine.Request(observer: log));

        Assert.Equal("1 Failed ConnectTimeout", log.Lines[1]);
    }

    [Fact]
    public async Task Adaptive_HostUsuallyFast_LimitFollowsItsOwnLatency()
    {
        var options = TestEngine.Options("a", "b");
        options.Timeouts.Adaptive = true;
        await using var engine = new TestEngine(options);
        Assert.Equal(TimeSpan.FromMinutes(1), StageLimit.Of(engine.Host("a"), streamed: true));

        for (var i = 0; i < 100; i++)
        {
            engine.State("a").Latency.TimeToFirstToken.Record(TimeSpan.FromSeconds(2));
            engine.State("b").Latency.TimeToFirstToken.Record(TimeSpan.FromMilliseconds(5));
        }

        Assert.InRange(StageLimit.Of(engine.Host("a"), streamed: true).TotalSeconds, 6, 6.7);
        Assert.Equal(1, StageLimit.Of(engine.Host("b"), streamed: true).TotalSeconds);
        Assert.Equal(TimeSpan.FromMinutes(5), StageLimit.Of(engine.Host("a"), streamed: false));
    }

    [Fact]
    public async Task Adaptive_HostSlow_NeverBeyondTheConfiguredLimit()
    {
        var options = TestEngine.Options("a");
        options.Timeouts.Adaptive = true;
        await using var engine = new TestEngine(options);
        for (var i = 0; i < 100; i++)
        {
            engine.State("a").Latency.TimeToFirstToken.Record(TimeSpan.FromSeconds(50));
        }

        Assert.Equal(TimeSpan.FromMinutes(1), StageLimit.Of(engine.Host("a"), streamed: true));
    }

    [Fact]
    public async Task Retries_HostsWellWithinTotal_EachOfThemGetsTheStagesLimit()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        engine["a"].Then(HttpStatusCode.ServiceUnavailable);

        var result = await engine.RunAsync(engine.RoundTripAsync());

        Assert.Equal((UpstreamResultKind.Accepted, 2), (result.Kind, result.Attempts));
    }
}
