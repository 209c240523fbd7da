using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Requests;

namespace Morgan.Tests.EmbeddingService.Batching;

public sealed class SchedulerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SameTextAtOnce_ByManyRequests_IsComputedOnce()
    {
        using var workshop = new Workshop(callers: 2);
        workshop.Engine.MayRun.Reset();
        var requests = Enumerable.Range(0, 50).Select(_ => workshop.EmbedAsync(["the same"], cancellationToken: Token)).ToArray();
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the first run");
        workshop.Engine.MayRun.Set();
        var answers = await Task.WhenAll(requests);

        Assert.Single(workshop.Engine.Runs);
        Assert.All(answers, answer => Assert.Equal([8, 't'], answer[0]));
        Assert.Equal(0, workshop.Scheduler.QueuedTokens);
    }

    [Fact]
    public async Task TwoCallers_RunAtTheSameTime()
    {
        using var workshop = new Workshop(callers: 2);
        workshop.Engine.MayRun.Reset();
        var both = Task.WhenAll(workshop.EmbedAsync(["one"], cancellationToken: Token), workshop.EmbedAsync(["two"], cancellationToken: Token));
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 2, "two runs at once");
        workshop.Engine.MayRun.Set();
        await both;
    }

    [Fact]
    public async Task SingleFlight_FirstCallerLeaves_TheOthersStillGetTheVector()
    {
        using var workshop = new Workshop();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Token);
        workshop.Engine.MayRun.Reset();
        var blocker = workshop.EmbedAsync(["blocker"], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the blocker's run");
        var first = workshop.EmbedAsync(["shared"], cancellationToken: leaves.Token);
        var second = workshop.EmbedAsync(["shared"], cancellationToken: Token);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        workshop.Engine.MayRun.Set();

        float[] expected = [6, (float)'s'];
        Assert.Equal(expected, (await second)[0]);
        await blocker;
    }

    [Fact]
    public async Task AllCallersLeave_BeforeTheRun_TheWorkIsDropped()
    {
        using var workshop = new Workshop();
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(Token);
        workshop.Engine.MayRun.Reset();
        var blocker = workshop.EmbedAsync(["blocker"], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the blocker's run");
        var abandoned = workshop.EmbedAsync(["abandoned"], cancellationToken: leaves.Token);
        Assert.Equal(9, workshop.Scheduler.QueuedTokens);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        Assert.Equal(0, workshop.Scheduler.QueuedTokens);
        workshop.Engine.MayRun.Set();
        await blocker;
        await workshop.EmbedAsync(["last"], cancellationToken: Token);

        Assert.Equal([[7], [4]], workshop.Engine.Runs);
        Assert.Empty(workshop.Model.Flights);
    }

    [Fact]
    public async Task QueueFull_OneTextOrMany_Is429WithRetryAfter()
    {
        using var workshop = new Workshop(maxQueuedTokens: 20);
        workshop.Engine.MayRun.Reset();
        var running = workshop.EmbedAsync(["running"], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the first run");
        var waiting = workshop.EmbedAsync(["fifteen letters"], cancellationToken: Token);

        foreach (var texts in new string[][] { ["sixletters"], ["a", "b", "c", "d", "e", "f"] })
        {
            var rejection = await Assert.ThrowsAsync<Rejection>(() => workshop.EmbedAsync(texts, cancellationToken: Token));
            Assert.Equal(429, rejection.Error.Status);
            Assert.NotNull(rejection.Error.RetryAfter);
        }

        workshop.Engine.MayRun.Set();
        await Task.WhenAll(running, waiting);
    }

    [Fact]
    public async Task RetryAfter_IsWhatTheQueueNeedsAtTheRateItReallyDrains()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var workshop = new Workshop(maxQueuedTokens: 200, time: time);
        workshop.Engine.MayRun.Reset();
        var learnt = workshop.EmbedAsync([new string('l', 100)], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Scheduler.QueuedTokens == 0 && workshop.Engine.Runs.Count == 1, "the first run");
        time.Advance(TimeSpan.FromSeconds(10));
        workshop.Engine.MayRun.Set();
        await learnt;

        // Ten tokens a second: what is 150 over the bound fits in 15 s.
        Assert.True(workshop.Scheduler.TryReserve(200, out _));
        Assert.False(workshop.Scheduler.TryReserve(150, out var retryAfter));
        Assert.Equal(15, retryAfter.TotalSeconds, 1e-3);
    }

    [Fact]
    public async Task TextOverTheBatchBudget_RunsAloneAndOnce()
    {
        using var workshop = new Workshop(maxTextsPerRun: 100, maxTokensPerRun: 16);
        var vectors = await workshop.EmbedAsync([new string('x', 5000)], cancellationToken: Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.Equal(5000, vectors[0][0]);
        Assert.Equal([[5000]], workshop.Engine.Runs);
    }

    [Fact]
    public async Task RequestOverTheQueue_IsRefusedByItsSize()
    {
        using var workshop = new Workshop(maxQueuedTokens: 10);
        var rejection = await Assert.ThrowsAsync<Rejection>(() => workshop.EmbedAsync(["elevenchars"], cancellationToken: Token));
        Assert.Equal((400, "input"), (rejection.Error.Status, rejection.Error.Param));
    }

    [Fact]
    public async Task BulkWork_DelaysAShortTextByOneRunAtMost()
    {
        using var workshop = new Workshop();
        workshop.Engine.MayRun.Reset();
        string[] import = [.. Enumerable.Range(0, 20).Select(i => new string((char)('A' + i), 200))];
        var bulk = workshop.EmbedAsync(import, cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the import's first run");
        var quick = workshop.EmbedAsync(["quick"], cancellationToken: Token);
        workshop.Engine.MayRun.Set();
        await Task.WhenAll(bulk, quick);

        Assert.Equal(5, workshop.Engine.Runs[1].Single());
    }

    [Fact]
    public async Task InteractiveWork_NeverStopsAnImport()
    {
        using var workshop = new Workshop();
        workshop.Engine.MayRun.Reset();
        var bulk = workshop.EmbedAsync([new string('B', 2000)], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the import's run");
        var second = workshop.EmbedAsync([new string('C', 2000)], cancellationToken: Token);
        var quick = Enumerable.Range(0, 40).Select(i => workshop.EmbedAsync([$"q{i}"], cancellationToken: Token)).ToArray();
        workshop.Engine.MayRun.Set();
        await Task.WhenAll([bulk, second, .. quick]);

        Assert.InRange(workshop.Engine.Runs.FindLastIndex(run => run[0] == 2000), 2, 10);
    }

    [Fact]
    public async Task Batches_HoldTextsOfSimilarLengthWithinTheBudget()
    {
        using var workshop = new Workshop(maxTextsPerRun: int.MaxValue, maxTokensPerRun: 64);
        workshop.Engine.MayRun.Reset();
        var blocker = workshop.EmbedAsync(["blocker"], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the blocker's run");
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => $"{(char)('a' + (i % 26))}{new string('.', i % 40)}{i}")];
        var many = workshop.EmbedAsync(texts, cancellationToken: Token);
        workshop.Engine.MayRun.Set();
        var vectors = await many;
        await blocker;

        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal([texts[i].Length, texts[i][0]], vectors[i]);
        }

        Assert.True(workshop.Engine.Runs.Count < 40);
        Assert.All(workshop.Engine.Runs, run => Assert.True(run.Length == 1 || run.Max() * run.Length <= 64));
        Assert.All(workshop.Engine.Runs, run => Assert.True(run.Max() <= 8 || run.Max() <= run.Min() * 1.5));
    }

    [Fact]
    public async Task FailedRun_IsTheAnswerOfItsTextsAlone()
    {
        using var workshop = new Workshop();
        workshop.Engine.Failure = new InferenceException("broken");
        var rejection = await Assert.ThrowsAsync<Rejection>(() => workshop.EmbedAsync(["a"], cancellationToken: Token));
        Assert.Equal((500, "inference_failed"), (rejection.Error.Status, rejection.Error.Code));
        workshop.Engine.Failure = null;

        float[] expected = [1, (float)'a'];
        Assert.Equal(expected, (await workshop.EmbedAsync(["a"], cancellationToken: Token))[0]);
    }

    [Fact]
    public async Task HungRun_IsSeenFromOutside()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var workshop = new Workshop(time: time);
        workshop.Engine.MayRun.Reset();
        var hung = workshop.EmbedAsync(["hangs"], cancellationToken: Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the run");
        Assert.Equal(TimeSpan.Zero, workshop.Scheduler.LongestRun);
        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.FromSeconds(90), workshop.Scheduler.LongestRun);
        workshop.Engine.MayRun.Set();
        await hung;
        await Wait.UntilAsync(() => workshop.Scheduler.LongestRun == TimeSpan.Zero, "the run's end");
    }

    [Fact]
    public async Task Model_ReleasedWhileItsTextsWait_IsFreedAfterTheLast()
    {
        using var workshop = new Workshop();
        workshop.Engine.MayRun.Reset();
        var waiting = workshop.EmbedAsync(["a"], CacheDirectives.None, Token);
        await Wait.UntilAsync(() => workshop.Engine.Runs.Count == 1, "the run");
        workshop.Model.Release();
        Assert.False(workshop.Freed);
        workshop.Engine.MayRun.Set();
        await waiting;
        await Wait.UntilAsync(() => workshop.Freed, "the model's end");
    }
}
