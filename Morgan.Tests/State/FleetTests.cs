using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Morgan.Tests.LlmService.Gateway;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Tests.State;

/// <summary>What three gateways on real Kestrel tell each other about their hosts, through real Redis and Garnet.</summary>
public sealed class FleetTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task CoolDown_LearntByOneReplica_IsKnownToAllWithin100Milliseconds_AndSoIsItsEnd(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var host = await SimulatedHost.StartAsync("one");
        var gateways = await StartAsync(store.ConnectionString, [host]);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            // A busy machine may make any one round late; what lasts is read once a second, so a lost word shows.
            Fleet(gateways[round % 3]).CooledDown("one", TimeSpan.FromMinutes(5));
            var began = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync(() => gateways.Where((_, i) => i != round % 3).All(gateway => Host(gateway).CoolingDown > TimeSpan.Zero), "the others know", Patience);
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(began).Ticks));

            Host(gateways[(round + 1) % 3]).ResetCircuit();
            await Eventually.TrueAsync(() => gateways.Where((_, i) => i != round % 3).All(gateway => Host(gateway).CoolingDown == TimeSpan.Zero), "it is over for all", Patience);
        }

        await StopAsync(gateways);
        Assert.InRange(best.TotalMilliseconds, 0, 100);
    }

    [Fact]
    public async Task HostAtItsLimit_IsLeftAloneByAllReplicas_AndByOneThatStartsLater()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var limited = await SimulatedHost.StartAsync("limited");
        await using var other = await SimulatedHost.StartAsync("other");
        await limited.FaultAsync("status", new { status = 429, retryAfterSeconds = 120 });
        string[] settings = ["--Llm:Hosts:1:Priority=1"];
        var gateways = await StartAsync(store.ConnectionString, [limited, other], settings);

        using var first = await gateways[0].ChatAsync();
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await Eventually.TrueAsync(() => gateways.All(gateway => Host(gateway, "limited").CoolingDown.TotalSeconds > 60), "all know", Patience);
        await using var late = await OneAsync(store.ConnectionString, [limited, other], settings);
        await Eventually.TrueAsync(() => Host(late, "limited").CoolingDown.TotalSeconds > 60, "so does one that was not there", Patience);
        using var second = await gateways[2].ChatAsync();

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(1, await limited.CountAsync("requests"));
        await StopAsync(gateways);
    }

    [Theory]
    [InlineData(StateStore.Redis, "sliding-window")]
    [InlineData(StateStore.Redis, "token-bucket")]
    [InlineData(StateStore.Cluster, "sliding-window")]
    [InlineData(StateStore.Garnet, "sliding-window")]
    [InlineData(StateStore.Garnet, "token-bucket")]
    public async Task HostsLimit_HoldsOverAllReplicas(string kind, string algorithm)
    {
        const int Rate = 20;
        var window = TimeSpan.FromSeconds(2);
        await using var store = await StateStore.StartAsync(kind);
        await using var host = await SimulatedHost.StartAsync("one");
        var gateways = await StartAsync(
            store.ConnectionString, [host],
            $"--Llm:RateLimit:Algorithm={algorithm}", $"--Llm:RateLimit:RequestsPerSecond={Rate}", "--Llm:RateLimit:Burst=10", "--Llm:RateLimit:Window=00:00:02", "--Llm:RateLimit:MaxWait=00:00:00.2");
        var grants = new Grants();
        var end = Stopwatch.GetTimestamp() + (6 * Stopwatch.Frequency);

        await Task.WhenAll(gateways.SelectMany(gateway => Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    await grants.AddAsync(async () =>
                    {
                        using var response = await gateway.ChatAsync();
                        Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests]);
                        return response.StatusCode == HttpStatusCode.OK;
                    });
                }
            },
            Cancellation))));
        await StopAsync(gateways);

        var most = algorithm == "token-bucket" ? 10 + (Rate * 2) + 1 : Rate * 2;
        Assert.InRange(grants.MostWithin(window), 1, most);
        Assert.InRange(grants.Count, Rate, most * 4);
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task Host_IsCheckedByOneReplicaForAll_AndByEachWhileTheStoreIsAway(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var proxy = new FaultProxy(store.Port);
        await using var host = await SimulatedHost.StartAsync("one");
        var gateways = await StartAsync(proxy.ConnectionString, [host], "--Llm:Health:Interval=00:00:01");

        await Eventually.TrueAsync(
            () => gateways.All(gateway => Host(gateway).Checks.Count >= 5)
                && gateways.Select(gateway => Host(gateway).Checks[^1].At).Distinct().Count() == 1
                && gateways.Select(gateway => Host(gateway).Checks[^3].At).Distinct().Count() == 1,
            "all go by the same checks", Patience);

        proxy.Cut();
        await Eventually.TrueAsync(() => gateways.All(gateway => !Fleet(gateway).IsUp), "the store is away", Patience);
        var before = gateways.Select(gateway => Host(gateway).Checks[^1].At).ToArray();
        await Eventually.TrueAsync(
            () => gateways.Select((gateway, i) => Host(gateway).Checks[^1].At > before[i]).All(isNewer => isNewer)
                && gateways.Select(gateway => Host(gateway).Checks[^1].At).Distinct().Count() == 3,
            "each looks for itself", Patience);
        await StopAsync(gateways);
    }

    private static IFleet Fleet(RunningGateway gateway) => gateway.Services.GetRequiredService<IFleet>();

    private static Host Host(RunningGateway gateway, string name = "one") => gateway.Services.GetRequiredService<HostRegistry>().Current.Find(name)!;

    private static async Task<RunningGateway[]> StartAsync(string connection, SimulatedHost[] hosts, params string[] settings)
    {
        RunningGateway[] gateways = [await OneAsync(connection, hosts, settings), await OneAsync(connection, hosts, settings), await OneAsync(connection, hosts, settings)];
        await Eventually.TrueAsync(() => gateways.All(gateway => Fleet(gateway) is { IsUp: true, Replicas: 3 }), "they know of each other", Patience);
        return gateways;
    }

    private static Task<RunningGateway> OneAsync(string connection, SimulatedHost[] hosts, params string[] settings) => RunningGateway.StartAsync(
        hosts, builder => builder.Services.AddSingleton(Replica.Patient with { Budget = TimeSpan.FromSeconds(2) }), [$"--ConnectionStrings:state={connection}", .. settings]);

    private static async Task StopAsync(RunningGateway[] gateways)
    {
        foreach (var gateway in gateways)
        {
            await gateway.DisposeAsync();
        }
    }
}
