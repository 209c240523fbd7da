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
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private readonly RedisKey _key = redis.Keys.Of("emb:epoch");

    /// <summary>Compares the generation here with the store's, and brings the older one up.</summary>
    /// <returns>Whether the store could be asked.</returns>
    public async Task<bool> SynchroniseAsync(CancellationToken cancellationToken)
    {
        if (redis.Connected is not { } connected)
        {
            return false;
        }

        try
        {
            var database = connected.GetDatabase();
            var value = await database.StringGetAsync(_key).WaitAsync(Deadline, time, cancellationToken);
            var seen = value.TryParse(out long stored) ? stored : 0;
            if (epoch.Raise(seen))
            {
                l1.Clear();
                Log.CacheCleared(logger, seen);
            }
            else if (seen < epoch.Value)
            {
                var text = epoch.Value.ToString(CultureInfo.InvariantCulture);
                await database.StringSetAsync(_key, text).WaitAsync(Deadline, time, cancellationToken);
            }

            epoch.Know();
            return true;
        }
        catch (Exception e) when (RedisFaults.Is(e))
        {
            Log.EpochUnknown(logger, e.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!redis.IsConfigured)
        {
            return;
        }

        // A replica that has just started learns soon what the others know, and leaves the store alone until then.
        while (!stoppingToken.IsCancellationRequested)
        {
            await SynchroniseAsync(stoppingToken);
            await Task.Delay(epoch.IsKnown ? Interval : FirstInterval, time, stoppingToken);
        }
    }
}
