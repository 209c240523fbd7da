using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>Runs scripts in the store of limits and leases: within a budget and through a breaker, or not at all.</summary>
internal sealed class LimitStore(RedisState redis, LimitMetrics metrics, TimeProvider time, ILogger<LimitStore> logger)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(3);

    private readonly RedisBreaker _breaker = new(time);
    private volatile bool _isAtomic = true;

    /// <summary>Whether there is a store at all.</summary>
    public bool IsConfigured => redis.IsConfigured;

    /// <summary>Whether it is the cache.</summary>
    public bool IsCache => redis.IsCache;

    /// <summary>False: its scripts run into each other, so that nothing in it can be relied on.</summary>
    public bool IsAtomic => _isAtomic;

    /// <summary>Whether it is up and answers in time.</summary>
    public bool IsUp => redis.Connected is not null && !_breaker.IsOpen && _isAtomic;

    /// <summary>The connection; null while it is down.</summary>
    public IConnectionMultiplexer? Connected => redis.Connected;

    /// <summary>The store was found out to mix scripts up.</summary>
    public void Distrust()
    {
        _isAtomic = false;
        Log.StoreNotAtomic(logger);
    }

    /// <summary>Runs a script. Null: the store is away, too slow, or refuses it.</summary>
    public async ValueTask<RedisResult?> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, TimeSpan budget, string operation)
    {
        if (!redis.FirstAttempt.IsCompleted)
        {
            // In its first moments a replica does not know how many share the limits.
            await redis.FirstAttempt.WaitAsync(LongestStart, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_isAtomic || redis.Connected is not { } connected || !_breaker.TryEnter())
        {
            return null;
        }

        var began = time.GetTimestamp();
        Task<RedisResult>? call = null;
        try
        {
            call = connected.GetDatabase().ScriptEvaluateAsync(script, keys, values);
            var result = call.IsCompletedSuccessfully ? call.Result : await call.WaitAsync(budget, time);
            metrics.Asked(operation, time.GetElapsedTime(began));
            if (_breaker.Succeed())
            {
                Log.StoreBack(logger);
            }

            return result;
        }
        catch (Exception e) when (RedisFaults.Is(e))
        {
            // Answered or failed after nobody waits any more: seen, so that it is not reported as lost.
            _ = call?.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            metrics.Failed(operation, e is TimeoutException ? "timeout" : "error");
            if (_breaker.Fail())
            {
                Log.StoreAway(logger, e.Message);
            }

            return null;
        }
    }
}
