using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Faults;

/// <summary>Many requests at once while hosts are in trouble.</summary>
public sealed class BurstTests
{
    public static TheoryData<string> AllStrategies => new(Strategies.All);

    [Theory]
    [MemberData(nameof(AllStrategies))]
    public async Task TwoHundredRequests_OneHostDead_ItSeesItsThresholdAndTheRestIsAnswered(string strategy)
    {
        var options = TestEngine.Options("dead", "b", "c");
        options.Strategy = strategy;
        options.Retry.BudgetPercent = 100;
        await using var engine = new TestEngine(options, TimeProvider.System, Random.Shared);
        engine["dead"].Refuse();
        engine["b"].Answer = engine["c"].Answer = async (_, cancellationToken) =>
        {
            await Task.Delay(20, cancellationToken);
            return ScriptedHost.Respond(HttpStatusCode.OK);
        };
        var tiers = engine.Tiers();

        var results = await Task.WhenAll(Enumerable.Range(1, 200).Select(i => Task.Run(async () =>
        {
            await using var result = await engine.SendAsync(new UpstreamRequest
            {
                Tiers = tiers,
                Attempts = new TestExchange(),
                Deadline = Deadline.After(engine.Time, TimeSpan.FromSeconds(30)),
                PrefixHash = (ulong)i,
            });
            result.Lease?.Complete(AttemptOutcome.Success);
            return result.Kind;
        })));

        Assert.All(results, kind => Assert.Equal(UpstreamResultKind.Accepted, kind));
        Assert.InRange(engine["dead"].Requests, 1, options.CircuitBreaker.FailureThreshold + options.CircuitBreaker.SuccessThreshold);
        Assert.Equal(0, engine.Registry.Current.Hosts.Sum(host => host.State.InFlight));
    }

    [Fact]
    public async Task OneFailure_ManyUnansweredAlready_OthersArePreferredUntilItIsCleared()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        var tiers = engine.Tiers();
        var pending = new List<TaskCompletionSource<HttpResponseMessage>>();
        engine["a"].Answer = (_, _) =>
        {
            var answer = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
            pending.Add(answer);
            return answer.Task;
        };
        var first = Enumerable.Range(0, 10).Select(_ => engine.RoundTripAsync(engine.Request(tiers: tiers))).ToArray();
        Assert.Equal(5, engine["a"].Requests);

        pending[0].SetException(new HttpRequestException(HttpRequestError.ConnectionError));
        await TestEngine.UntilAsync(() => engine.State("a").Breaker.Failures == 1);
        var suspect = Enumerable.Range(0, 10).Select(_ => engine.RoundTripAsync(engine.Request(tiers: tiers))).ToArray();
        Assert.Equal(5, engine["a"].Requests);

        foreach (var answer in pending[1..])
        {
            answer.SetResult(ScriptedHost.Respond(HttpStatusCode.OK));
        }

        await Task.WhenAll([.. first, .. suspect]);
        await engine.RunAsync(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => engine.RoundTripAsync(engine.Request(tiers: tiers)))
            .Append(AnswerAsync())));
        Assert.Equal(7, engine["a"].Requests);

        async Task<UpstreamResult> AnswerAsync()
        {
            await TestEngine.UntilAsync(() => pending.Count == 7);
            pending[5].SetResult(ScriptedHost.Respond(HttpStatusCode.OK));
            pending[6].SetResult(ScriptedHost.Respond(HttpStatusCode.OK));
            return await first[0];
        }
    }
}
