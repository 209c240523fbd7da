using System.Collections.Concurrent;
using System.Diagnostics;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Auth;

namespace Morgan.Tests.State;

/// <summary>Limits that hold over replicas, on real Redis and on Garnet.</summary>
public sealed class SharedLimitsTests
{
    // Longer than a test takes on a busy machine.
    private static readonly SharedTimes LongWindow = Replica.Patient with { Window = TimeSpan.FromMinutes(10) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StateStore.Redis, 7, 0)]
    [InlineData(StateStore.Redis, 300, 0)]
    [InlineData(StateStore.Redis, 2000, 0)]
    [InlineData(StateStore.Redis, 0, 4000)]
    [InlineData(StateStore.Cluster, 300, 4000)]
    [InlineData(StateStore.Garnet, 7, 0)]
    [InlineData(StateStore.Garnet, 300, 4000)]
    public async Task Fault04_EightReplicas_HammeringOneBucket_NeverExceedItInAnyWindow(string kind, int requests, int tokens)
    {
        var window = TimeSpan.FromSeconds(1);
        await using var store = await StateStore.StartAsync(kind);
        var limits = new TenantOptions { RequestsPerMinute = requests, TokensPerMinute = tokens };
        var replicas = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Replica.StartAsync(store.ConnectionString, limits, Replica.Patient with { Window = window })));
        var grants = new Grants();
        var end = Stopwatch.GetTimestamp() + (3 * Stopwatch.Frequency);
        await Task.WhenAll(replicas.SelectMany(replica => Enumerable.Range(0, 2).Select(i => Task.Run(
            async () =>
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    if (!await grants.AddAsync(() => replica.UseAsync(tokens: 10, used: 10)))
                    {
                        await Task.Delay(1, Cancellation);
                    }
                }
            },
            Cancellation))));

        var most = grants.MostWithin(window);
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        var limit = Math.Min(requests == 0 ? int.MaxValue : requests, tokens == 0 ? int.MaxValue : tokens / 10);
        Assert.InRange(most, 1, limit);
        if (requests is > 0 and <= 300 && tokens == 0)
        {
            // What a lease has granted is in the books as late as the word of it was on its way, and here 60 are granted in a millisecond.
            Assert.InRange(grants.FewestBeforeARefusal(window * 1.1), limit * 99 / 100, int.MaxValue);
        }
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task SettledTokens_AreFreeForAnotherReplica(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        var limits = new TenantOptions { TokensPerMinute = 1000 };
        await using var one = await Replica.StartAsync(store.ConnectionString, limits);
        await using var two = await Replica.StartAsync(store.ConnectionString, limits);

        var (reservation, _) = await one.ReserveAsync(900);
        var (_, refused) = await two.ReserveAsync(900);
        reservation!.Settle(new Bill(30, 10, 5, 2));
        reservation.Dispose();

        Assert.Equal("tokens", refused!.Type);
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 50, 61);
        await Eventually.TrueAsync(() => two.UseAsync(900, 900), "the rest is free");
        Assert.False(await one.UseAsync(100));
        var view = await two.LookAsync();
        Assert.Equal((2, 940, 940), (view.Used.RequestsInMinute, view.Used.TokensInMinute, view.Used.TokensToday));
        Assert.Equal((2, 930, 10, 5, 3), Ledger(view.Models!["m"]));
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task ReplicaThatDies_ItsReservationEndsAndIsBookedOnceAsAnOrphan(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        var limits = new TenantOptions { MaxConcurrent = 2, TokensPerDay = 10_000 };
        var times = Replica.Patient with { ReservationLife = TimeSpan.FromSeconds(1), Touch = TimeSpan.FromMilliseconds(300) };
        await using var dying = await Replica.StartAsync(store.ConnectionString, limits, times);
        await using var living = await Replica.StartAsync(store.ConnectionString, limits, times);

        await dying.ReserveAsync(700);
        using var held = (await living.ReserveAsync(100)).Reservation!;
        Assert.Equal("requests", (await living.ReserveAsync(100)).Error!.Type);
        await dying.DieAsync();

        await Eventually.TrueAsync(async () => (await living.LookAsync()).Used.Concurrent == 1, "the dead one's place is free");
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation); // longer than a reservation that nobody confirms
        var view = await living.LookAsync();
        Assert.Equal((1, 800), (view.Used.Concurrent, view.Used.TokensToday));
        Assert.Equal((1, 700), (view.Models!["m"].Orphans, view.Models["m"].WastedTokens));
        Assert.True(await living.UseAsync(100));
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task Leases_AnswerMostRequestsAndStrandNothing(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        var limits = new TenantOptions { RequestsPerMinute = 100_000 };
        await using var replica = await Replica.StartAsync(store.ConnectionString, limits, LongWindow);
        var local = 0;
        long mostLeased = 0;
        for (var i = 0; i < 2000; i++)
        {
            var use = replica.UseAsync();
            local += use.IsCompleted ? 1 : 0;
            Assert.True(await use);
            if (i % 100 == 0)
            {
                var view = await replica.LookAsync();
                Assert.True(view.Reserved is not null, replica.Trouble.ToString());
                mostLeased = Math.Max(mostLeased, view.Reserved.LeasedRequests);
            }
        }

        Assert.InRange(mostLeased, 1, 1000);
        Assert.InRange(local, 1000, 2000);
        await IsCountedOnceAsync(replica, 2000);
    }

    [Fact]
    public async Task Leases_ReturnedWhileOthersTakeFromThem_CountEachRequestOnce()
    {
        const int Each = 10_000;
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        var often = LongWindow with { LeaseUse = TimeSpan.FromMilliseconds(1), Rounds = TimeSpan.FromMilliseconds(1) };
        await using var replica = await Replica.StartAsync(store.ConnectionString, new TenantOptions { RequestsPerMinute = 10_000_000 }, often);

        var granted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                var count = 0;
                for (var i = 0; i < Each; i++)
                {
                    count += await replica.UseAsync() ? 1 : 0;
                }

                return count;
            },
            Cancellation)));

        Assert.Equal(4 * Each, granted.Sum());
        await IsCountedOnceAsync(replica, 4 * Each);
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task RequestsThatWait_AtThreeReplicas_ShareWhatComesFree_AndThoseTooManyAreToldAtOnce(string kind)
    {
        const int Limit = 10;
        var window = TimeSpan.FromSeconds(2);
        await using var store = await StateStore.StartAsync(kind);
        var limits = new TenantOptions { RequestsPerMinute = Limit, MaxWait = TimeSpan.FromSeconds(3.6) };
        var replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Replica.StartAsync(store.ConnectionString, limits, Replica.Patient with { Window = window })));
        Assert.True(await replicas[0].UseAsync());
        var grants = new Grants();
        var waits = new ConcurrentBag<(bool IsGranted, TimeSpan Took)>();

        // Room for 9 at once and 10 after two seconds; the next would be after four.
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var began = Stopwatch.GetTimestamp();
            var isGranted = await grants.AddAsync(() => replicas[i % 3].UseAsync());
            waits.Add((isGranted, Stopwatch.GetElapsedTime(began)));
        }));
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }

        Assert.InRange(grants.MostWithin(window), 1, Limit);
        Assert.InRange(grants.Count, 12, 19);
        Assert.InRange(waits.Count(wait => !wait.IsGranted && wait.Took > TimeSpan.FromSeconds(3)), 0, 5); // told to wait, and in vain
    }

    [Fact]
    public async Task Key_WithALimitOfItsOwn_IsHeldToItOverReplicas()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        var auth = new AuthOptions { Keys = [new ApiKeyOptions { Id = "small", Tenant = "acme", RequestsPerMinute = 2 }] };
        var limits = new TenantOptions { RequestsPerMinute = 4 };
        await using var one = await Replica.StartAsync(store.ConnectionString, limits, auth: auth);
        await using var two = await Replica.StartAsync(store.ConnectionString, limits, auth: auth);

        (await one.ReserveAsync(key: "small")).Reservation!.Dispose();
        (await two.ReserveAsync(key: "small")).Reservation!.Dispose();
        var (_, ofKey) = await one.ReserveAsync(key: "small");
        (await one.ReserveAsync(key: "other")).Reservation!.Dispose();
        (await two.ReserveAsync(key: "other")).Reservation!.Dispose();
        var (_, ofTenant) = await two.ReserveAsync(key: "other");

        Assert.Contains("key 'small'", ofKey!.Message, StringComparison.Ordinal);
        Assert.Contains("tenant 'acme'", ofTenant!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CountTokens_OnlyWhereALimitOfTokensIs()
    {
        await using var store = await StateStore.StartAsync(StateStore.Garnet);
        await using var requests = await Replica.StartAsync(store.ConnectionString, new TenantOptions { RequestsPerMinute = 10 });
        await using var minute = await Replica.StartAsync(store.ConnectionString, new TenantOptions { TokensPerMinute = 10 });
        await using var day = await Replica.StartAsync(store.ConnectionString, new TenantOptions { TokensPerDay = 10 });
        var caller = new Caller("key", "acme", Admin: false, null);

        Assert.False(requests.Limits.CountTokens(caller));
        Assert.True(minute.Limits.CountTokens(caller));
        Assert.True(day.Limits.CountTokens(caller));
    }

    private static async Task IsCountedOnceAsync(Replica replica, int requests)
    {
        TenantView? last = null;
        await Eventually.TrueAsync(
            async () => (last = await replica.LookAsync()) is { Reserved.LeasedRequests: 0 } view && view.Used.RequestsInMinute == requests,
            () => $"all of it is returned or used: {last?.Reserved}, {last?.Used}, {replica.Trouble}");
    }

    private static (long Requests, long Input, long Output, long Wasted, long Attempts) Ledger(ModelUsageView model) =>
        (model.Requests, model.InputTokens, model.OutputTokens, model.WastedTokens, model.Attempts);
}
