using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Faults;

/// <summary>Everything at once: limits, faults, hedging, clients that leave, reloads and switches.</summary>
public sealed class StressTests
{
    private const int Places = 4;

    public static TheoryData<string> AllStrategies => new(Strategies.All);

    [Theory]
    [MemberData(nameof(AllStrategies))]
    public async Task ManyRequests_EverythingGoesWrong_AllEndNothingIsHeldAndNoLimitIsPassed(string strategy)
    {
        await using var engine = new TestEngine(Options(strategy), TimeProvider.System, Random.Shared);
        var most = 0;
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            Misbehave(engine[name], inside => InterlockedMax(ref most, inside));
        }

        using var over = new CancellationTokenSource();
        var operators = OperateAsync(engine, Options(strategy), over.Token);
        var kinds = await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(() => SendManyAsync(engine, seed))))
            .WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        await over.CancelAsync();
        await operators;

        Assert.Contains(kinds.SelectMany(kind => kind), kind => kind == UpstreamResultKind.Accepted);
        Assert.InRange(most, 1, Places);
        await TestEngine.UntilAsync(() => engine.Registry.Current.Hosts.All(host => host.State.InFlight == 0));
        Assert.All(engine.Registry.Current.Hosts, host => Assert.Equal(0, host.State.Limiter!.Describe().Waiting));
    }

    private static async Task<List<UpstreamResultKind?>> SendManyAsync(TestEngine engine, int seed)
    {
        var random = new Random(seed);
        var kinds = new List<UpstreamResultKind?>();
        for (var i = 0; i < 40; i++)
        {
            using var client = new CancellationTokenSource();
            if (random.Next(8) == 0)
            {
                client.CancelAfter(random.Next(1, 30));
            }

            try
            {
                await using var result = await engine.Client.SendAsync(
                    new UpstreamRequest
                    {
                        Tiers = engine.Tiers(),
                        Attempts = new TestExchange(),
                        Deadline = Deadline.After(engine.Time, TimeSpan.FromMilliseconds(random.Next(50, 2_000))),
                        Streamed = random.Next(2) == 0,
                        PrefixHash = (ulong)random.Next(5),
                    },
                    client.Token);
                await Task.Delay(random.Next(3), CancellationToken.None);
                if (random.Next(10) != 0)
                {
                    result.Lease?.Complete(random.Next(5) == 0 ? AttemptOutcome.Failed(FailureReason.BrokenBody) : AttemptOutcome.Success);
                }

                kinds.Add(result.Kind);
            }
            catch (OperationCanceledException) when (client.IsCancellationRequested)
            {
                kinds.Add(null);
            }
        }

        return kinds;
    }

    private static async Task OperateAsync(TestEngine engine, UpstreamOptions options, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            await Task.Delay(20, CancellationToken.None);
            var host = engine.Registry.Current.Hosts[i % 4];
            switch (i % 5)
            {
                case 0:
                    engine.Registry.Apply(options);
                    break;
                case 1:
                    host.Drain();
                    break;
                case 2:
                    host.ResetCircuit();
                    break;
                default:
                    foreach (var each in engine.Registry.Current.Hosts)
                    {
                        each.Enable();
                    }

                    break;
            }
        }
    }

    private static void Misbehave(ScriptedHost host, Action<int> entered)
    {
        var inside = 0;
        host.Answer = async (_, cancellationToken) =>
        {
            entered(Interlocked.Increment(ref inside));
            try
            {
                await Task.Delay(Random.Shared.Next(10), cancellationToken);
                switch (Random.Shared.Next(12))
                {
                    case 0:
                        throw new HttpRequestException(HttpRequestError.ConnectionError);
                    case 1:
                        return ScriptedHost.Respond(HttpStatusCode.TooManyRequests, retryAfter: "0");
                    case 2:
                        return ScriptedHost.Respond(HttpStatusCode.ServiceUnavailable);
                    case 3:
                        return ScriptedHost.Respond(HttpStatusCode.NotFound);
                    case 4:
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                        break;
                    default:
                        break;
                }

                return ScriptedHost.Respond(HttpStatusCode.OK);
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        };
    }

    private static UpstreamOptions Options(string strategy)
    {
        var options = TestEngine.Options([.. new[] { "a", "b", "c", "d" }.Select(name => TestEngine.Named(name, maxConcurrency: Places))]);
        options.Strategy = strategy;
        options.Retry = new RetryOptions { BaseDelay = TimeSpan.FromMilliseconds(2), BudgetPercent = 100 };
        options.CircuitBreaker = new CircuitBreakerOptions { BreakDuration = TimeSpan.FromMilliseconds(20), MaxBreakDuration = TimeSpan.FromMilliseconds(50) };
        options.RateLimit = new RateLimitOptions { Algorithm = RateLimitAlgorithms.TokenBucket, RequestsPerSecond = 300, Burst = 20 };
        options.Timeouts = new TimeoutOptions { FirstByte = TimeSpan.FromMilliseconds(60), Response = TimeSpan.FromMilliseconds(60) };
        options.Hedging = new HedgingOptions { Enabled = true, BudgetPercent = 50 };
        return options;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
