using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;

namespace Morgan.Tests.Upstreams.Hosts;

public sealed class HostLeaseTests
{
    [Fact]
    public async Task Complete_Twice_CountsOnce()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await using var result = await engine.SendAsync();

        result.Lease!.Complete(AttemptOutcome.Failed(FailureReason.IdleTimeout));
        result.Lease.Complete(AttemptOutcome.Success);

        var view = engine.Host("a").Describe();
        Assert.Equal((0, 1L, 1), (view.InFlight, view.Failures, view.ConsecutiveFailures));
    }

    [Fact]
    public async Task Dispose_NotCompleted_CancelledWithoutBlame()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await (await engine.SendAsync()).DisposeAsync();

        var view = engine.Host("a").Describe();
        Assert.Equal((0, 0L, 0), (view.InFlight, view.Failures, view.Circuit.Failures));
    }

    [Fact]
    public async Task Complete_StreamsAlwaysBreakOff_CircuitOpens()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        for (var i = 0; i < 5; i++)
        {
            await using var result = await engine.SendAsync(engine.Request(streamed: true));
            result.Lease!.Complete(AttemptOutcome.Failed(FailureReason.BrokenBody));
        }

        Assert.Equal("open", engine.Host("a").Describe().Circuit.State);
    }

    [Fact]
    public async Task Complete_TimeOverWhileTheHostStillSends_NotBlamed()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        await using var result = await engine.SendAsync(engine.Request(streamed: true));

        result.Lease!.Complete(AttemptOutcome.Failed(FailureReason.TotalTimeout));

        Assert.Equal((0L, 0), (engine.Host("a").Describe().Failures, engine.State("a").Breaker.Failures));
    }

    [Fact]
    public async Task TimeToAccept_IsTheTimeToFirstToken()
    {
        await using var engine = new TestEngine(TestEngine.Options("a"));
        var exchange = new TestExchange
        {
            Accept = (_, _) =>
            {
                engine.Fake.Advance(TimeSpan.FromMilliseconds(321));
                return ValueTask.FromResult(AttemptOutcome.Success);
            },
        };

        await using var result = await engine.SendAsync(engine.Request(exchange, streamed: true));

        Assert.Equal(TimeSpan.FromMilliseconds(321), result.Lease!.TimeToAccept);
        Assert.Equal(TimeSpan.FromMilliseconds(321), result.HostTime);
    }
}
