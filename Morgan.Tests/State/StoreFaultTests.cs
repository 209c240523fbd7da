using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.LlmService.Admission;

namespace Morgan.Tests.State;

/// <summary>What becomes of limits while their store is down, slow, or answers errors.</summary>
public sealed class StoreFaultTests
{
    private static readonly TenantOptions Limits = new() { RequestsPerMinute = 30, TokensPerDay = 1_000_000 };

    [Fact]
    public async Task StoreThatIsCut_EachReplicaGrantsItsShareAndTheBooksAreReconciledOnReturn()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var proxy = new FaultProxy(store.Port);
        var replicas = await StartAsync(proxy.ConnectionString, 3);
        Assert.True(await replicas[0].UseAsync(10, 10));

        proxy.Cut();
        await Eventually.TrueAsync(() => replicas.All(replica => !replica.Store.IsUp), "all know");
        var granted = await Task.WhenAll(replicas.Select(GrantedAsync));
        var health = await replicas[0].Health.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);

        Assert.Equal((9, 10, 10), (granted[0], granted[1], granted[2]));
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("each of 3 replicas", health.Description, StringComparison.Ordinal);

        proxy.Mend();
        await Eventually.TrueAsync(
            async () => await replicas[2].LookAsync() is { Books: "shared", Used: { RequestsInMinute: 30, TokensToday: 300, Concurrent: 0 } },
            "the books hold what was granted meanwhile",
            TimeSpan.FromSeconds(60));
        Assert.False(await replicas[1].UseAsync(10, 10));
        await StopAsync(replicas);
    }

    [Fact]
    public async Task Fault17_StoreThatIsSlow_CostsARequestItsBudgetAndThenNothing()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var proxy = new FaultProxy(store.Port);
        var replicas = await StartAsync(proxy.ConnectionString, 1, Replica.Patient with { Budget = TimeSpan.FromMilliseconds(100) });
        proxy.Delay = TimeSpan.FromSeconds(3);

        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await replicas[0].UseAsync(10, 10));
        }

        // Three budgets, then the breaker; each request waiting for the store would take a minute.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 10);
        await Eventually.TrueAsync(() => !replicas[0].Store.IsUp, "it is known to be slow");

        proxy.Delay = TimeSpan.Zero;
        await Eventually.TrueAsync(
            async () => await replicas[0].LookAsync() is { Books: "shared", Used: { RequestsInMinute: 20, TokensToday: 200, Concurrent: 0 } },
            "each is booked once, whether or not the store had booked it before it was given up",
            TimeSpan.FromSeconds(60));
        await StopAsync(replicas);
    }

    [Fact]
    public async Task StoreThatAnswersErrors_RequestsGoOn()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var admin = await store.ConnectAsync();
        var replicas = await StartAsync(store.ConnectionString, 1);
        var server = admin.GetServer(store.ConnectionString);
        await server.ConfigSetAsync("min-replicas-to-write", "1"); // NOREPLICAS, as after a failover

        for (var i = 0; i < 5; i++)
        {
            Assert.True(await replicas[0].UseAsync(10, 10));
        }

        await Eventually.TrueAsync(() => !replicas[0].Store.IsUp, "it is known to fail");
        await server.ConfigSetAsync("min-replicas-to-write", "0");
        await Eventually.TrueAsync(
            async () => await replicas[0].LookAsync() is { Books: "shared", Used.RequestsInMinute: 5 }, "the books are whole", TimeSpan.FromSeconds(60));
        await StopAsync(replicas);
    }

    [Fact]
    public async Task StoreThatLosesItsMemory_CountsAgainFromNothingAndStaysSane()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var admin = await store.ConnectAsync();
        var replicas = await StartAsync(store.ConnectionString, 1);
        var (open, _) = await replicas[0].ReserveAsync(100);
        await admin.GetServer(store.ConnectionString).FlushAllDatabasesAsync();

        open!.Dispose();
        Assert.Equal(30, await GrantedAsync(replicas[0]));

        await Eventually.TrueAsync(
            async () => await replicas[0].LookAsync() is { Used: { RequestsInMinute: 30, Concurrent: 0 }, Reserved.LeasedRequests: 0 }, "no trace of what was lost");
        await StopAsync(replicas);
    }

    private static async Task<Replica[]> StartAsync(string connection, int count, Morgan.LlmService.Admission.Shared.SharedTimes? times = null)
    {
        var replicas = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Replica.StartAsync(connection, Limits, times)));
        await Eventually.TrueAsync(() => replicas.All(replica => replica.Books.Replicas == count), "they know of each other", TimeSpan.FromSeconds(30));
        return replicas;
    }

    private static async Task<int> GrantedAsync(Replica replica)
    {
        var granted = 0;
        while (await replica.UseAsync(10, 10))
        {
            granted++;
        }

        return granted;
    }

    private static async Task StopAsync(Replica[] replicas)
    {
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }
    }
}
