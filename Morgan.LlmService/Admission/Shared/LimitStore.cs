using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// Runs scripts in the store of limits and leases: within a budget and through a breaker, or not at all. A store that is
/// too slow for requests is still told what was decided without it.
/// </summary>
internal sealed class LimitStore(RedisState redis, LimitMetrics metrics, SharedTimes times, TimeProvider time, ILogger<LimitStore> logger)
{
    private readonly RedisBreaker _asking = new(time);
    private readonly RedisBreaker _telling = new(time);
    private volatile bool _isAtomic = true;

    /// <summary>Whether there is a store at all.</summary>
    public bool IsConfigured => redis.IsConfigured;

    /// <summary>Whether it is the cache.</summary>
    public bool IsCache => redis.IsCache;

    /// <summary>False: its scripts run into each other, so that nothing in it can be relied on.</summary>
    public bool IsAtomic => _isAtomic;

    /// <summary>Whether it answers in the time that a request has for it.</summary>
    public bool IsUp => redis.Connected is not null && !_asking.IsOpen && _isAtomic;

    /// <summary>Whether it answers at all.</summary>
    public bool CanBeTold => redis.Connected is not null && !_telling.IsOpen && _isAtomic;

    /// <summary>Why there is no connection; null: there is one, or it is not known.</summary>
    public string? Trouble => redis.Connected is null ? redis.Trouble : null;

    /// <summary>The connection; null while it is down.</summary>
    public IConnectionMultiplexer? Connected => redis.Connected;

    /// <summary>Completes when the first attempt to connect has come to something.</summary>
    public Task FirstAttempt => redis.FirstAttempt;

    /// <summary>Names what is kept in it.</summary>
    public RedisKeys Keys => redis.Keys;

    /// <summary>The options for a further connection.</summary>
    public ConfigurationOptions OptionsLike(IConnectionMultiplexer connected) => redis.OptionsLike(connected);

    /// <summary>The store was found out to mix scripts up.</summary>
    public void Distrust()
    {
        _isAtomic = false;
        Log.StoreNotAtomic(logger);
    }

    /// <summary>
    /// Runs a script that a request waits for: <see cref="SharedTimes.Budget"/> at most, or with patience
    /// <see cref="SharedTimes.PatientBudget"/>.
    /// </summary>
    public async ValueTask<StoreAnswer> AskAsync(string script, RedisKey[] keys, RedisValue[] values, string operation, bool isPatient = false)
    {
        if (!_isAtomic || redis.Connected is not { } connected || !_asking.TryEnter())
        {
            return default;
        }

        var result = await EvaluateAsync(connected, script, keys, values, isPatient ? times.PatientBudget : times.Budget, operation);
        return new StoreAnswer(result, MayHaveRun: result is null);
    }

    /// <summary>Runs a script that no request waits for. Null: the store is away, too slow, or refuses it.</summary>
    public async ValueTask<RedisResult?> TellAsync(string script, RedisKey[] keys, RedisValue[] values, string operation) =>
        _isAtomic && redis.Connected is { } connected && _telling.TryEnter()
            ? await EvaluateAsync(connected, script, keys, values, times.BookingBudget, operation)
            : null;

    private async ValueTask<RedisResult?> EvaluateAsync(
        IConnectionMultiplexer connected, string script, RedisKey[] keys, RedisValue[] values, TimeSpan budget, string operation)
    {
        var began = time.GetTimestamp();
        Task<RedisResult>? call = null;
        try
        {
            call = connected.GetDatabase().ScriptEvaluateAsync(script, keys, values);
            var result = call.IsCompletedSuccessfully ? call.Result : await call.WaitAsync(budget, time);
            var took = time.GetElapsedTime(began);
            metrics.Asked(operation, took);
            _telling.Succeed();
            if (took > times.Budget)
            {
                FailAsking($"answered after {took.TotalMilliseconds:0} ms");
            }
            else if (_asking.Succeed())
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
            if (budget == times.BookingBudget || e is not TimeoutException)
            {
                _telling.Fail();
            }

            FailAsking(e.Message);
            return null;
        }
    }

    private void FailAsking(string why)
    {
        if (_asking.Fail())
        {
            Log.StoreAway(logger, why);
        }
    }
}
