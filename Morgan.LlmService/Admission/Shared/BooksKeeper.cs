using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// Keeps this replica's end of the shared books up to date: says that it lives, learns how many do, returns old leases and
/// sends bookings that could not be sent. When it stops it returns all leases.
/// </summary>
internal sealed class BooksKeeper(SharedBooks books, ILogger<BooksKeeper> logger) : BackgroundService
{
    private const int LivesPerHeartbeat = 5;
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
            while (books.All.Any(book => !book.IsSettled) && books.Store.IsUp && books.Time.GetElapsedTime(began) < LastWords);
            await CountAsync(TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!books.Store.IsConfigured)
        {
            return;
        }

        long? beaten = null;
        Task? probe = null;
        using var timer = new PeriodicTimer(books.Times.Rounds, books.Time);
        do
        {
            if (probe is null && books.Store.Connected is { } connected)
            {
                probe = ProbeAsync(connected);
            }
            else if (probe is { IsFaulted: true })
            {
                await probe;
            }

            if (beaten is null || books.Time.GetElapsedTime(beaten.Value) >= books.Times.Heartbeat)
            {
                beaten = books.Time.GetTimestamp();
                await CountAsync(books.Times.Heartbeat * LivesPerHeartbeat);
            }

            foreach (var book in books.All)
            {
                await book.KeepAsync(isLast: false);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Beside the rounds: it can take seconds, and leases and reservations do not wait.
    private async Task ProbeAsync(IConnectionMultiplexer connected)
    {
        if (await AtomicityProbe.FailsAsync(connected, books.Replica, logger))
        {
            books.Store.Distrust();
        }
    }

    private async Task CountAsync(TimeSpan life)
    {
        var count = await books.Store.EvaluateAsync(
            LimitScripts.Replicas, ["morgan:replicas"], [books.Replica, (long)life.TotalMilliseconds], books.Times.BookingBudget, "replicas");
        if (count is not null && life > TimeSpan.Zero)
        {
            books.Replicas = (int)count;
        }
    }
}
