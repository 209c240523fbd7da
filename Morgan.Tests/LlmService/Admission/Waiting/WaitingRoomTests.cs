using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Admission.Waiting;

namespace Morgan.Tests.LlmService.Admission.Waiting;

/// <summary>Waiting for one's limits, on fake time against a replica's own books.</summary>
public sealed class WaitingRoomTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly LocalLimits _books;
    private readonly WaitingRoom _room;

    public WaitingRoomTests() => (_books, _room) = (new LocalLimits(_time), new WaitingRoom(_time));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OverTheLimit_GoesAsSoonAsThereIsRoom()
    {
        var acme = Limits("acme", new TenantOptions { RequestsPerMinute = 1 });
        var began = _time.GetUtcNow();
        Assert.NotNull((await AskAsync(acme, seconds: 0)).Reservation);

        var waiting = AskAsync(acme, seconds: 61);
        Assert.False(waiting.IsCompleted);
        await RunAsync(acme, TimeSpan.FromSeconds(62), () => waiting.IsCompleted);

        Assert.NotNull((await waiting).Reservation);
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, 60, 60.5);
    }

    [Fact]
    public async Task Request_ThatCannotBeServedInTime_IsRefusedAtOnceWithTheTimeOfItsPlaceInLine()
    {
        var acme = Limits("acme", new TenantOptions { RequestsPerMinute = 2 });
        Assert.NotNull((await AskAsync(acme, 0)).Reservation);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.NotNull((await AskAsync(acme, 0)).Reservation);

        var first = AskAsync(acme, 45);                         // in 40 s
        var second = await AskAsync(acme, 45);                  // in 60 s: too late
        var third = AskAsync(acme, 61);
        var fourth = await AskAsync(acme, 61);                  // when what first takes has left again: in 100 s

        Assert.False(first.IsCompleted || third.IsCompleted);
        Assert.InRange(second.Decision.Refusal!.Value.Wait.TotalSeconds, 59, 60.2);
        Assert.InRange(fourth.Decision.Refusal!.Value.Wait.TotalSeconds, 99, 100.5);
        await RunAsync(acme, TimeSpan.FromSeconds(62), () => first.IsCompleted && third.IsCompleted);
        Assert.NotNull((await first).Reservation);
        Assert.NotNull((await third).Reservation);
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesItsPlaceToTheNext()
    {
        var acme = Limits("acme", new TenantOptions { RequestsPerMinute = 1 });
        Assert.NotNull((await AskAsync(acme, 0)).Reservation);
        using var leaving = new CancellationTokenSource();

        var first = AskAsync(acme, 60.5, cancellation: leaving.Token);
        Assert.NotNull((await AskAsync(acme, 60.5)).Decision.Refusal);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = AskAsync(acme, 60.5);
        await RunAsync(acme, TimeSpan.FromSeconds(61), () => second.IsCompleted);

        Assert.NotNull((await second).Reservation);
        Assert.Equal(0, _room.WaitingOf("acme"));
    }

    [Fact]
    public async Task EarlierDeadline_GoesFirst_ButNotAtTheCostOfOneWhoWasToldToWait()
    {
        var acme = Limits("acme", new TenantOptions { MaxConcurrent = 1 });
        var held = (await AskAsync(acme, 0)).Reservation!;
        var patient = AskAsync(acme, 50);
        var urgent = AskAsync(acme, 5);

        held.Dispose();
        await Eventually.TrueAsync(() => urgent.IsCompleted, "the urgent one goes first");
        Assert.False(patient.IsCompleted);
        (await urgent).Reservation!.Dispose();
        await Eventually.TrueAsync(() => patient.IsCompleted, "then the patient one");
        (await patient).Reservation!.Dispose();

        var rated = Limits("rated", new TenantOptions { RequestsPerMinute = 1 });
        Assert.NotNull((await AskAsync(rated, 0)).Reservation);
        _ = AskAsync(rated, 60.6);
        Assert.NotNull((await AskAsync(rated, 60.3)).Decision.Refusal);
    }

    [Fact]
    public async Task Tenant_ThatFloodsTheRoom_LeavesPlacesForOthersAndDoesNotSlowThem()
    {
        var flood = Limits("flood", new TenantOptions { MaxConcurrent = 1 });
        using var end = new CancellationTokenSource();
        Assert.NotNull((await AskAsync(flood, 0)).Reservation);
        List<Task<Admittance>> waiting = [.. Enumerable.Range(0, 2 * WaitingRoom.Places).Select(_ => AskAsync(flood, 60, cancellation: end.Token))];
        Assert.Equal(WaitingRoom.Places / 2, _room.WaitingOf("flood"));

        var other = Limits("other", new TenantOptions { MaxConcurrent = 1 });
        var held = (await AskAsync(other, 0)).Reservation!;
        var next = AskAsync(other, 60);
        held.Dispose();

        await Eventually.TrueAsync(() => next.IsCompleted, "it waits for its own limit only");
        Assert.NotNull((await next).Reservation);
        await end.CancelAsync();
        await Task.WhenAll(waiting.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(0, _room.WaitingOf("flood"));
    }

    [Fact]
    public void AnyArrivals_NeverMoreThanTheLimitInAWindow_NobodyWaitsPastItsDeadline_AndWhoeverIsToldToWaitIsServed() =>
        Gen.Select(Gen.Int[1, 6], Gen.Select(Gen.Int[0, 15_000], Gen.Int[0, 60_000]).Array[1, 25]).Sample((limit, arrivals) =>
        {
            var run = new WaitingRun(new TenantOptions { RequestsPerMinute = limit });
            foreach (var (gap, patience) in arrivals)
            {
                run.Advance(gap);
                run.Arrive(TimeSpan.FromMilliseconds(patience));
            }

            run.Advance(70_000);
            Assert.Equal((0, 0, 0), (run.Undecided, run.Late, run.Broken));
            Assert.All(run.Admitted, at => Assert.True(run.Admitted.Count(other => other >= at && other < at + 60_000) <= limit));
        }, iter: 200, threads: 1);

    private static CallerLimits Limits(string tenant, TenantOptions limits) => new(tenant, limits, null, null);

    private Task<Admittance> AskAsync(CallerLimits limits, double seconds, CancellationToken? cancellation = null) => _room.WaitAsync(
        limits, 0, TimeSpan.FromSeconds(seconds), place => WaitingRun.Ask(_books, _room, limits, place), cancellation ?? Cancellation).AsTask();

    private async Task RunAsync(CallerLimits limits, TimeSpan most, Func<bool> until)
    {
        for (var step = TimeSpan.Zero; step < most && !until(); step += TimeSpan.FromMilliseconds(50))
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Eventually.TrueAsync(() => !_room.LineOf(limits).HasNews, "who was woken has looked");
        }

        await Eventually.TrueAsync(until, "it is decided");
    }
}
