using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.Upstreams.Attempts;

public sealed class HedgingTests
{
    [Fact]
    public async Task Hedge_FirstIsLate_SecondAnswersAndTheLoserIsCancelled()
    {
        await using var engine = Create();
        engine["a"].Hang();
        var log = new AttemptLog();
        var began = engine.Fake.GetUtcNow();

        var result = await engine.RunAsync(engine.SendAsync(engine.Request(streamed: true, observer: log)), TimeSpan.FromMilliseconds(10));

        Assert.Equal((UpstreamResultKind.Accepted, "b", 2), (result.Kind, result.Host!.Name, result.Attempts));
        result.Lease!.Complete(AttemptOutcome.Success);
        await result.DisposeAsync();
        Assert.Equal(1, engine["a"].Cancelled);
        Assert.Equal(["1 First a", "2 Hedge b", "2 Success", "1 Cancelled"], log.Lines);
        Assert.Equal((0, 0), (engine.State("a").InFlight, engine.State("a").Breaker.Failures));
        engine.AssertTook(began, TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Hedge_FirstAnswersAfterAll_ItWins()
    {
        await using var engine = Create();
        var first = new TaskCompletionSource<HttpResponseMessage>();
        engine["a"].Answer = (_, _) => first.Task;
        engine["b"].Hang();
        var sending = engine.SendAsync(engine.Request(streamed: true));
        await RunUntilAsync(engine, () => engine["b"].Requests == 1);

        first.SetResult(ScriptedHost.Respond(HttpStatusCode.OK));
        await using var result = await sending;

        Assert.Equal("a", result.Host!.Name);
        await TestEngine.UntilAsync(() => engine["b"].Cancelled == 1);
    }

    [Fact]
    public async Task Hedge_FirstFails_SecondIsWaitedFor()
    {
        await using var engine = Create();
        var first = new TaskCompletionSource<HttpResponseMessage>();
        var second = new TaskCompletionSource<HttpResponseMessage>();
        engine["a"].Answer = (_, _) => first.Task;
        engine["b"].Answer = (_, _) => second.Task;
        var sending = engine.SendAsync(engine.Request(streamed: true));
        await RunUntilAsync(engine, () => engine["b"].Requests == 1);

        first.SetResult(ScriptedHost.Respond(HttpStatusCode.InternalServerError));
        await TestEngine.SettleAsync();
        Assert.False(sending.IsCompleted);
        second.SetResult(ScriptedHost.Respond(HttpStatusCode.OK));

        await using var result = await sending;
        Assert.Equal(("b", 2), (result.Host!.Name, result.Attempts));
    }

    [Fact]
    public async Task Hedge_BothFail_FailsOverToTheNext()
    {
        await using var engine = Create();
        var first = new TaskCompletionSource<HttpResponseMessage>();
        engine["a"].Answer = (_, _) => first.Task;
        engine["b"].Always(HttpStatusCode.InternalServerError);
        var sending = engine.SendAsync(engine.Request(streamed: true));
        await RunUntilAsync(engine, () => engine["b"].Requests == 1);

        first.SetResult(ScriptedHost.Respond(HttpStatusCode.InternalServerError));

        await using var result = await sending;
        Assert.Equal(("c", 3), (result.Host!.Name, result.Attempts));
    }

    [Fact]
    public async Task Hedge_BudgetUsedUp_NoSecondSending()
    {
        await using var engine = Create();
        engine["a"].Hang();
        engine["b"].Hang();
        engine["c"].Hang();
        var sendings = Enumerable.Range(0, 3).Select(_ => engine.SendAsync(engine.Request(streamed: true))).ToArray();

        engine.Fake.Advance(TimeSpan.FromMilliseconds(200));
        await TestEngine.UntilAsync(() => Requests(engine) == 4);
        await TestEngine.SettleAsync();

        // 5 % of three requests is none; one is always allowed.
        Assert.Equal(4, Requests(engine));
        Assert.All(sendings, sending => Assert.False(sending.IsCompleted));
        engine["a"].Always(HttpStatusCode.OK);
        foreach (var sending in sendings)
        {
            await (await engine.RunAsync(sending, TimeSpan.FromSeconds(1))).DisposeAsync();
        }
    }

    [Fact]
    public async Task Hedge_Off_NeverSendsTwice()
    {
        await using var engine = Create();
        engine.Registry.Current.Options.Hedging.Enabled = false;
        engine["a"].Hang();
        var sending = engine.SendAsync(engine.Request(streamed: true, timeout: TimeSpan.FromSeconds(10)));

        await using var result = await engine.RunAsync(sending);

        Assert.Equal((UpstreamResultKind.Timeout, 1), (result.Kind, result.Attempts));
    }

    [Fact]
    public async Task Hedge_CallerLeaves_BothHostsStop()
    {
        await using var engine = Create();
        engine["a"].Hang();
        engine["b"].Hang();
        using var caller = new CancellationTokenSource();
        var sending = engine.Client.SendAsync(engine.Request(streamed: true), caller.Token);
        await RunUntilAsync(engine, () => engine["b"].Requests == 1);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal((1, 1), (engine["a"].Cancelled, engine["b"].Cancelled));
        Assert.Equal(0, engine.State("a").InFlight + engine.State("b").InFlight);
    }

    private static TestEngine Create()
    {
        var options = TestEngine.Options("a", "b", "c");
        options.Hedging.Enabled = true;
        var engine = new TestEngine(options);
        for (var i = 0; i < 100; i++)
        {
            engine.State("a").Latency.TimeToFirstToken.Record(TimeSpan.FromMilliseconds(90));
            engine.State("b").Latency.TimeToFirstToken.Record(TimeSpan.FromMilliseconds(90));
            engine.State("c").Latency.TimeToFirstToken.Record(TimeSpan.FromMilliseconds(90));
        }

        return engine;
    }

    private static int Requests(TestEngine engine) => engine["a"].Requests + engine["b"].Requests + engine["c"].Requests;

    private static async Task RunUntilAsync(TestEngine engine, Func<bool> condition)
    {
        for (var i = 0; i < 100 && !condition(); i++)
        {
            engine.Fake.Advance(TimeSpan.FromMilliseconds(10));
            await TestEngine.SettleAsync();
        }

        await TestEngine.UntilAsync(condition);
    }
}
