using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// Finds out whether scripts of several clients run one after the other, as Redis promises and a Garnet without
/// <c>LuaTransactionMode</c> does not: a limit would be exceeded now and then, and nobody would know why.
/// </summary>
internal static class AtomicityProbe
{
    private const int Clients = 4;
    private const int Rounds = 50;
    private const int Tries = 3;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    // The loop keeps the value in hand long enough for another client to come between.
    private const string Script = """
        local n = tonumber(redis.call('GET', KEYS[1]) or '0')
        local x = 0
        for i = 1, 2000 do x = x + i end
        redis.call('SET', KEYS[1], n + 1, 'PX', 60000)
        return n + 1
        """;

    /// <summary>True: it lost a write. False: it did not, or could not be tried.</summary>
    public static async Task<bool> FailsAsync(LimitStore store, IConnectionMultiplexer connected, string name, ILogger logger)
    {
        var options = store.OptionsLike(connected);
        (options.AbortOnConnectFail, options.ConnectTimeout) = (true, 2000);
        try
        {
            // A count can also be lost to eviction or a failover, but hardly three times.
            for (var i = 0; i < Tries; i++)
            {
                RedisKey key = store.Keys.Of($"probe:{name}:{i}");
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => CountAsync(options, key))).WaitAsync(Deadline);
                if ((long)await connected.GetDatabase().StringGetAsync(key) == Clients * Rounds)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            Log.ProbeFailed(logger, e.Message);
            return false;
        }
    }

    private static async Task CountAsync(ConfigurationOptions options, RedisKey key)
    {
        await using var client = await ConnectionMultiplexer.ConnectAsync(options);
        var database = client.GetDatabase();
        for (var i = 0; i < Rounds; i++)
        {
            await database.ScriptEvaluateAsync(Script, [key]);
        }
    }
}
