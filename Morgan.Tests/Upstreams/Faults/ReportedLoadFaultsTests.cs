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

/// <summary>Faults that users of other gateways have reported and that show over time or under load; numbered as in the list.</summary>
public sealed class ReportedLoadFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
    public async Task Fault12_ConnectionsInUseClosed_RequestThatBeganBeforeAReloadGoesOnToTheNextHost()
    {
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Hang();
        var sending = engine.RoundTripAsync();
        await TestEngine.UntilAsync(() => engine["a"].Requests == 1);

        var changed = TestEngine.Options("a", "b");
        changed.Pool.KeepAlive = TimeSpan.FromSeconds(7);
        engine.Registry.Apply(changed);
        var result = await engine.RunAsync(sending, TimeSpan.FromSeconds(1));

        Assert.Equal((UpstreamResultKind.Accepted, "b", 2), (result.Kind, result.Host!.Name, result.Attempts));
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
        await TestEngine.UntilAsync(() =>
        {
            engine.Fake.Advance(TimeSpan.FromSeconds(1));
            return engine.Host("a").Checks.Count >= 10;
        });
        await monitor.StopAsync(Cancellation);

        Assert.InRange(seen.Count, 10, 11);
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
