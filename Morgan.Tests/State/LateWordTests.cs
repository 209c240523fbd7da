using Microsoft.Extensions.Time.Testing;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;

namespace Morgan.Tests.State;

/// <summary>What is right although the store hears of it late, or is heard late.</summary>
public sealed class LateWordTests
{
    private const int Limit = 30;
    private static readonly TenantOptions Limits = new() { RequestsPerMinute = Limit };
    private static readonly CallerLimits Acme = new("acme", Limits, null, null);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly SharedTimes Hasty = Replica.Patient with { Budget = TimeSpan.FromMilliseconds(100), PatientBudget = TimeSpan.FromMilliseconds(100) };

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task RequestThatIsBookedLate_LeavesTheWindowWhenItsOwnMinuteIsOver(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var replica = await Replica.StartAsync(store.ConnectionString, Limits);
        var now = replica.Books.Time.GetTimestamp();
        var second = replica.Books.Time.TimestampFrequency;
        BookRecord[] records =
        [
            new("open", "now", At: now), new("open", "soon over", At: now - (55 * second)), new("open", "half", At: now - (30 * second)),
            new("open", "older than all", At: now - (56 * second)),
        ];

        await TellAsync(replica, 1, records);

        Assert.Equal(4, (await replica.LookAsync()).Used.RequestsInMinute);
        await Eventually.TrueAsync(async () => (await replica.LookAsync()).Used.RequestsInMinute == 2, "the two oldest are over, and they alone");
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task BatchThatIsSentTwice_CountsOnce(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var replica = await Replica.StartAsync(store.ConnectionString, Limits);
        await using var other = await Replica.StartAsync(store.ConnectionString, Limits);
        var now = replica.Books.Time.GetTimestamp();
        BookRecord[] whole = [new("open", "id", 10, At: now), new("close", "id", 10, Model: "m", At: now, Bill: new Bill(4, 6, 0, 1))];

        await TellAsync(replica, 1, whole);
        await TellAsync(replica, 1, whole);
        await TellAsync(other, 1, new BookRecord("open", "another", At: now), new BookRecord("close", "another", Model: "m", At: now));

        var view = await replica.LookAsync();
        Assert.Equal((2, 10, 2), (view.Used.RequestsInMinute, view.Used.TokensToday, view.Models!["m"].Requests));
    }

    [Theory]
    [InlineData(StateStore.Redis)]
    [InlineData(StateStore.Cluster)]
    [InlineData(StateStore.Garnet)]
    public async Task RequestThatIsTakenBack_IsNotCounted(string kind)
    {
        await using var store = await StateStore.StartAsync(kind);
        await using var replica = await Replica.StartAsync(store.ConnectionString, new TenantOptions { RequestsPerMinute = Limit, TokensPerMinute = 1000 });
        var book = replica.Books.Find(Acme)!;
        Assert.True(await replica.UseAsync(10, 10));
        Assert.Equal(Verdict.Granted, (await book.ReserveAsync(Acme, "id", "m", 100, LinePlace.None)).Verdict);

        book.Drop("id");

        await Eventually.TrueAsync(
            async () => await replica.LookAsync() is { Used: { RequestsInMinute: 1, TokensInMinute: 10, Concurrent: 0 }, Reserved.LeasedRequests: 0 }, "as if it had never been");
    }

    [Fact]
    public async Task StoreThatIsBack_IsToldWhatWasAdmittedWithoutItBeforeItIsAsked()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var proxy = new FaultProxy(store.Port);
        await using var replica = await Replica.StartAsync(proxy.ConnectionString, Limits, Replica.Patient with { Rounds = TimeSpan.FromHours(1) });
        proxy.Cut();
        await Eventually.TrueAsync(() => !replica.Store.IsUp, "it is away");
        var granted = await GrantedAsync(replica);

        proxy.Mend();
        await Eventually.TrueAsync(() => replica.Store.IsUp, "it is back", Patience);

        Assert.Equal(Limit, granted);
        Assert.False(await replica.UseAsync());
        Assert.Equal(Limit, (await replica.LookAsync()).Used.RequestsInMinute);
    }

    [Fact]
    public async Task StoreThatAdmitsTooLate_IsToldThatTheRequestWasRefused()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var proxy = new FaultProxy(store.Port);
        await using var other = await Replica.StartAsync(store.ConnectionString, Limits);
        await using var replica = await Replica.StartAsync(proxy.ConnectionString, Limits, Hasty);
        await Eventually.TrueAsync(() => replica.Books.Replicas == 2, "it knows of the other", Patience);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await replica.UseAsync()); // more than its share, which is all it has while the store is slow
        }

        proxy.Delay = TimeSpan.FromSeconds(1);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await replica.UseAsync());
        }

        proxy.Delay = TimeSpan.Zero;
        await Eventually.TrueAsync(
            async () => await replica.LookAsync() is { Books: "shared", Used: { RequestsInMinute: 20, Concurrent: 0 } }, "they were taken back", Patience);
        Assert.Equal(0, (await replica.LookAsync()).Models!["m"].Orphans);
    }

    [Fact]
    public async Task RequestThatTheShareWouldRefuse_WaitsLongerForTheStore()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var proxy = new FaultProxy(store.Port);
        await using var other = await Replica.StartAsync(store.ConnectionString, Limits);
        var times = Hasty with { PatientBudget = TimeSpan.FromSeconds(20), Heartbeat = TimeSpan.FromHours(1), Rounds = TimeSpan.FromHours(1) };
        await using var replica = await Replica.StartAsync(proxy.ConnectionString, new TenantOptions { RequestsPerMinute = 2 }, times);
        Assert.Equal(2, replica.Books.Sharers);
        Assert.True(await replica.UseAsync()); // which is its share of two

        proxy.Delay = TimeSpan.FromMilliseconds(500);

        Assert.True(await replica.UseAsync());
        Assert.Equal(2, (await other.LookAsync()).Used.RequestsInMinute);
    }

    [Fact]
    public async Task StoreThatIsTooSlowForRequests_IsToldWhatIsAdmittedWithoutIt()
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis);
        await using var other = await Replica.StartAsync(store.ConnectionString, Limits);
        await using var slow = await Replica.StartAsync(store.ConnectionString, Limits, Replica.Patient with { Budget = TimeSpan.FromTicks(1) });
        await Eventually.TrueAsync(() => slow.Books.Replicas == 2, "it knows of the other", Patience);

        for (var i = 0; i < 10; i++)
        {
            Assert.True(await slow.UseAsync());
        }

        await Eventually.TrueAsync(() => !slow.Store.IsUp, "it is known to be slow");

        await Eventually.TrueAsync(async () => (await other.LookAsync()).Used is { RequestsInMinute: 10, Concurrent: 0 }, "the other knows", Patience);
    }

    [Fact]
    public void Sharers_AreTheMostReplicasOfTheLastWindow()
    {
        var time = new FakeTimeProvider();
        var books = new SharedBooks(null!, null!, new SharedTimes(), time);
        books.Counted(3);

        time.Advance(TimeSpan.FromSeconds(59));
        books.Counted(2);
        Assert.Equal((2, 3), (books.Replicas, books.Sharers));

        time.Advance(TimeSpan.FromSeconds(2));
        books.Counted(0); // the store could not say
        Assert.Equal((2, 3), (books.Replicas, books.Sharers));
        books.Counted(2);
        Assert.Equal((2, 2), (books.Replicas, books.Sharers));
        books.Counted(4);
        Assert.Equal((4, 4), (books.Replicas, books.Sharers));
    }

    private static async Task TellAsync(Replica replica, long number, params BookRecord[] records) => await replica.Books.Store.TellAsync(
        LimitScripts.Book, BookKeys.OfBatches(replica.Store.Keys, "acme", null, replica.Books.Replica), new BookArguments(replica.Books, null).Book(Acme, number, [.. records]), "book");

    private static async Task<int> GrantedAsync(Replica replica)
    {
        var granted = 0;
        while (await replica.UseAsync())
        {
            granted++;
        }

        return granted;
    }
}
