using Morgan.LlmService.Admission.Waiting;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// Keeps this replica's end of the shared books up to date: says that it lives, learns how many do, returns old leases and
/// sends bookings that could not be sent. When it stops it returns all leases.
/// </summary>
internal sealed class BooksKeeper(SharedBooks books, ILogger<BooksKeeper> logger) : BackgroundService
{
    private const int LivesPerHeartbeat = 5;
    private const string NobodysName = "\u0001"; // no configuration has such a tenant
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (books.Store.IsConfigured)
        {
            // What cannot be said now ends by itself: leases after two seconds, reservations after thirty.
            var began = books.Time.GetTimestamp();
            do
            {
                await Task.WhenAll(books.All.Select(book => book.KeepAsync(isLast: true))).WaitAsync(cancellationToken);
                await Task.Delay(LastWords / 20, books.Time, cancellationToken);
            }
            while (books.All.Any(book => !book.IsSettled) && books.Store.CanBeTold && books.Time.GetElapsedTime(began) < LastWords);
            await CountAsync(TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!books.Store.IsConfigured)
        {
            books.BecomeReady();
            return;
        }

        await books.Store.FirstAttempt.WaitAsync(stoppingToken);
        await CountAsync(books.Times.Heartbeat * LivesPerHeartbeat);
        await WarmUpAsync();
        books.BecomeReady();
        await foreach (var ended in Task.WhenEach(BeatAsync(stoppingToken), KeepAsync(stoppingToken), ProbeAsync(stoppingToken)))
        {
            await ended; // one that fails is known at once, not when the others end
        }
    }

    // Not between the bookings, which can take their time: others would take a replica that is slow for one that is gone.
    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(books.Times.Heartbeat, books.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CountAsync(books.Times.Heartbeat * LivesPerHeartbeat);
        }
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(books.Times.Rounds, books.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var book in books.All)
            {
                await book.KeepAsync(isLast: false);
            }
        }
    }

    // Once, beside the rounds: it can take seconds.
    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(books.Times.Rounds, books.Time);
        do
        {
            if (books.Store.Connected is { } connected)
            {
                if (await AtomicityProbe.FailsAsync(books.Store, connected, books.Replica, logger))
                {
                    books.Store.Distrust();
                }

                return;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A script's first call is compiled here and there, which can take longer than a request would wait.
    private async Task WarmUpAsync()
    {
        var nobody = new CallerLimits(NobodysName, new TenantOptions(), null, null);
        var keys = BookKeys.Of(books.Store.Keys, nobody.Tenant, nobody.Key);
        var arguments = new BookArguments(books, nobody.Key);
        await books.Store.TellAsync(
            LimitScripts.Book, BookKeys.OfBatches(books.Store.Keys, nobody.Tenant, nobody.Key, books.Replica), arguments.Book(nobody, 1, []), "warm-up");
        await books.Store.TellAsync(LimitScripts.Reserve, keys, arguments.Reserve(nobody, "", "", 0, LinePlace.None, "", default), "warm-up");
    }

    private async Task CountAsync(TimeSpan life)
    {
        var count = await books.Store.TellAsync(
            LimitScripts.Replicas, [books.Store.Keys.Of("replicas")], [books.Replica, (long)life.TotalMilliseconds], "replicas");
        if (count is not null && life > TimeSpan.Zero)
        {
            books.Counted((int)count);
        }
    }
}
