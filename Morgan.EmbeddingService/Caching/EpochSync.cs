using System.Globalization;
using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// Spreads the cache's generation over the replicas through the store. The store may evict it at any time: a replica
/// that knows a newer one writes it back.
/// </summary>
internal sealed class EpochSync(RedisCache redis, CacheEpoch epoch, L1Cache l1, TimeProvider time, ILogger<EpochSync> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);
    private static readonly RedisKey Key = $"{KeySpace.Prefix}epoch";

    /// <summary>Compares the generation here with the store's, and brings the older one up.</summary>
    public async Task SynchroniseAsync(CancellationToken cancellationToken)
    {
        if (redis.Connected is not { } connected)
        {
            return;
        }

        try
        {
            var database = connected.GetDatabase();
            var value = await database.StringGetAsync(Key).WaitAsync(Deadline, time, cancellationToken);
            var seen = value.TryParse(out long stored) ? stored : 0;
            if (epoch.Raise(seen))
            {
                l1.Clear();
                Log.CacheCleared(logger, seen);
            }
            else if (seen < epoch.Value)
            {
                var text = epoch.Value.ToString(CultureInfo.InvariantCulture);
                await database.StringSetAsync(Key, text).WaitAsync(Deadline, time, cancellationToken);
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            Log.EpochUnknown(logger, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await SynchroniseAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
