using Microsoft.Extensions.Time.Testing;
using Morgan.LlmSimulator.Plan;
using Morgan.LlmSimulator.Relay;

namespace Morgan.Tests.LlmSimulator;

/// <summary>Time to the first token, time between tokens, and who has to wait for whom.</summary>
public sealed class PaceTests
{
    [Fact]
    public async Task Step_IsDoneAtItsTime_NotEarlier()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(new SimulationPlan { TimeToFirstTokenMs = 200, InterTokenMs = 20, Jitter = 0 }, 1, time);
        var first = pacer.WaitAsync(0, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await first;
        var fifth = pacer.WaitAsync(5, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(fifth.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await fifth;
    }

    [Fact]
    public void Step_OfALateReader_IsReadyAtOnce()
    {
        var time = new FakeTimeProvider();
        var pacer = new Pacer(new SimulationPlan { TimeToFirstTokenMs = 200, InterTokenMs = 20, Jitter = 0 }, 1, time);
        time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.True(pacer.WaitAsync(0, TestContext.Current.CancellationToken).IsCompleted);
        Assert.True(pacer.WaitAsync(5, TestContext.Current.CancellationToken).IsCompleted);
        Assert.False(pacer.WaitAsync(6, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Jitter_StaysInItsShare_AndFollowsTheSeed()
    {
        var plan = new SimulationPlan { TimeToFirstTokenMs = 1000, Jitter = 0.2 };
        var delays = Enumerable.Range(0, 200).Select(seed => FirstTokenMs(plan, (ulong)seed)).ToList();
        Assert.All(delays, ms => Assert.InRange(ms, 800, 1200));
        Assert.InRange(delays.Max() - delays.Min(), 300, 400);
        Assert.Equal(FirstTokenMs(plan, 7), FirstTokenMs(plan, 7));
    }

    [Fact]
    public async Task MaxConcurrent_LetsTheRestWaitInLine()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.PlanAsync("\"maxConcurrent\":1,\"faults\":[{\"kind\":\"slow-headers\",\"delayMs\":150}]");
        var answers = Enumerable.Range(0, 3).Select(async _ =>
        {
            using var response = await simulator.PostAsync("/v1/chat/completions", Simulator.Chat());
            Assert.Equal("1", response.Headers.GetValues("x-ratelimit-limit-requests").Single());
            return DateTimeOffset.UtcNow;
        }).ToList();
        var ends = (await Task.WhenAll(answers)).Order().ToList();
        Assert.True(ends[2] - ends[0] >= TimeSpan.FromMilliseconds(250), $"one after the other took {ends[2] - ends[0]}");
        Assert.Equal(3, (await simulator.StatsAsync()).Outcomes["slow-headers"]);
    }

    [Fact]
    public async Task MaxConcurrent_WithALineThatIsFull_Answers503()
    {
        using var run = new PlanRun(new SimulationPlan { MaxConcurrent = 1 }, "host");
        using var slot = await run.TakeSlotAsync(TestContext.Current.CancellationToken);
        var line = Enumerable.Range(0, 512).Select(_ => run.TakeSlotAsync(TestContext.Current.CancellationToken).AsTask()).ToList();
        using var refused = await run.TakeSlotAsync(TestContext.Current.CancellationToken);
        Assert.False(refused!.IsAcquired);
        slot!.Dispose();
        using var next = await line[0];
        Assert.True(next!.IsAcquired);
        Assert.False(line[1].IsCompleted);
    }

    private static double FirstTokenMs(SimulationPlan plan, ulong seed)
    {
        var time = new FakeTimeProvider();
        var start = time.GetTimestamp();
        var wait = new Pacer(plan, seed, time).WaitAsync(0, TestContext.Current.CancellationToken);
        while (!wait.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return time.GetElapsedTime(start).TotalMilliseconds;
    }
}
