using System.Diagnostics;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.EmbeddingService.Caching;

/// <summary>Reads vectors from the shared store: one MGET for a request, within a budget, or not at all.</summary>
internal sealed class L2Reader(
    RedisCache redis,
    IReloading<EmbeddingOptions> options,
    EmbeddingMetrics metrics,
    TimeProvider time,
    ILogger<L2Reader> logger)
{
    /// <summary>The most keys of one MGET; more go out as several at once.</summary>
    private const int MaxKeys = 256;

    private readonly RedisBreaker _breaker = new(time);

    /// <summary>Whether reads are held back because the store was slow.</summary>
    public bool IsHeldBack => _breaker.IsOpen;

    /// <summary>Looks up keys.</summary>
    /// <param name="keys">The model's keys.</param>
    /// <param name="hashes">What to look up.</param>
    /// <param name="half">Whether entries hold halves.</param>
    /// <param name="dimensions">The length of the model's vectors.</param>
    /// <param name="found">Gets the vector of each hash that is there; the others are left alone.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>How many were found; none before the generation is known.</returns>
    public async Task<int> ReadAsync(
        KeySpace keys, ReadOnlyMemory<UInt128> hashes, bool half, int dimensions, float[]?[] found, CancellationToken cancellationToken)
    {
        if (redis.Connected is not { } connected || !keys.IsKnown || !_breaker.TryEnter())
        {
            return 0;
        }

        using var activity = EmbeddingTracing.StartMultiGet(connected, hashes.Length);
        var perRead = IsCluster(connected) ? 1 : MaxKeys;
        var slices = (hashes.Length + MaxKeys - 1) / MaxKeys;
        Task<RedisValue[]>[] reads = [];
        try
        {
            reads = Send(connected, keys, hashes.Span, perRead);

            // Each slice would cost far more than a budget to compute, so each has one.
            await Task.WhenAll(reads).WaitAsync(options.Current.Cache.L2ReadBudget * slices, time, cancellationToken);
            if (_breaker.Succeed())
            {
                Log.CacheReadsResumed(logger);
            }
        }
        catch (Exception e) when (RedisFaults.Is(e))
        {
            Fail(activity, reads, e);
        }

        var count = 0;
        for (var i = 0; i < reads.Length; i++)
        {
            if (reads[i].IsCompletedSuccessfully)
            {
                count += Decode(reads[i].Result, hashes.Span[(i * perRead)..], half, dimensions, found.AsSpan(i * perRead));
            }
        }

        activity?.SetTag("morgan.cache.hits", count);
        return count;
    }

    private void Fail(Activity? activity, Task<RedisValue[]>[] reads, Exception e)
    {
        activity?.SetStatus(ActivityStatusCode.Error, e is TimeoutException ? "budget used up" : e.Message);
        activity?.SetTag("error.type", e is TimeoutException ? "timeout" : e.GetType().Name);
        metrics.ReadFailed(e is TimeoutException ? "timeout" : "error");
        foreach (var read in reads)
        {
            // Answered or failed after nobody waits any more: seen, so that it is not reported as lost.
            _ = read.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        if (_breaker.Fail())
        {
            Log.CacheReadsHeldBack(logger, e.Message);
        }
    }

    private static Task<RedisValue[]>[] Send(IConnectionMultiplexer connected, KeySpace keys, ReadOnlySpan<UInt128> hashes, int perRead)
    {
        var database = connected.GetDatabase();
        var reads = new Task<RedisValue[]>[(hashes.Length + perRead - 1) / perRead];
        for (var i = 0; i < reads.Length; i++)
        {
            var slice = hashes.Slice(i * perRead, Math.Min(perRead, hashes.Length - (i * perRead)));
            var names = new RedisKey[slice.Length];
            for (var k = 0; k < names.Length; k++)
            {
                names[k] = keys.KeyOf(slice[k]);
            }

            reads[i] = database.StringGetAsync(names);
        }

        return reads;
    }

    // A Cluster refuses an MGET over several slots, and hashes fall into all of them.
    private static bool IsCluster(IConnectionMultiplexer connected)
    {
        foreach (var endPoint in connected.GetEndPoints())
        {
            if (connected.GetServer(endPoint).ServerType == ServerType.Cluster)
            {
                return true;
            }
        }

        return false;
    }

    private int Decode(RedisValue[] values, ReadOnlySpan<UInt128> hashes, bool half, int dimensions, Span<float[]?> found)
    {
        var count = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsNull)
            {
                continue;
            }

            found[i] = EntryFormat.Decode(((ReadOnlyMemory<byte>)values[i]).Span, hashes[i], dimensions, half);
            if (found[i] is null)
            {
                metrics.EntryCorrupt();
            }
            else
            {
                count++;
            }
        }

        return count;
    }
}
