using Microsoft.Extensions.Logging.Abstractions;
using Morgan.CacheServer;
using StackExchange.Redis;

namespace Morgan.Tests.CacheServer;

/// <summary>What Morgan asks of a cache, asked by the client that Morgan uses.</summary>
public sealed class CacheTests
{
    [Fact]
    public async Task Strings_AreSetReadTogetherAndExpire()
    {
        await using var cache = await TestCache.StartAsync();
        byte[] value = [0, 255, 13, 10, 7];
        await cache.Database.StringSetAsync("a", value);
        await cache.Database.StringSetAsync("b", "2", TimeSpan.FromHours(1));
        RedisValue[] read = await cache.Database.StringGetAsync(["a", "absent", "b"]);
        Assert.Equal(value, (byte[]?)read[0]);
        Assert.Equal((true, "2"), (read[1].IsNull, (string?)read[2]));
        Assert.InRange((await cache.Database.KeyTimeToLiveAsync("b"))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.True(await cache.Database.KeyExpireAsync("a", TimeSpan.FromMilliseconds(50)));
        await Eventually.TrueAsync(async () => !await cache.Database.KeyExistsAsync("a"), "the key expires");
    }

    [Fact]
    public async Task Scripts_ReadTimeAndCollections()
    {
        await using var cache = await TestCache.StartAsync();
        var result = (RedisResult[])(await cache.Database.ScriptEvaluateAsync(
            """
            redis.call('ZADD', KEYS[1], 1, 'a')
            redis.call('HSET', KEYS[2], 'f', ARGV[1])
            redis.call('PEXPIRE', KEYS[2], 60000)
            return { redis.call('TIME')[1], redis.call('ZCARD', KEYS[1]), redis.call('HINCRBY', KEYS[2], 'f', 5) }
            """,
            ["sorted", "hash"],
            [37]))!;
        Assert.InRange((long)result[0], DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60);
        Assert.Equal((1, 42), ((int)result[1], (int)result[2]));
    }

    [Fact]
    public async Task Scripts_OfEightClients_LoseNoWrite()
    {
        await using var cache = await TestCache.StartAsync();
        const string Script = "local n = tonumber(redis.call('GET', KEYS[1]) or '0'); redis.call('SET', KEYS[1], n + 1); return n + 1";
        const int PerClient = 500;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var own = await TestCache.ConnectAsync(cache.Port);
            for (int i = 0; i < PerClient; i++)
            {
                await own.GetDatabase().ScriptEvaluateAsync(Script, ["counter"]);
            }
        }));
        Assert.Equal(8 * PerClient, (int)await cache.Database.StringGetAsync("counter"));
    }

    [Fact]
    public async Task Script_ThatNeverEnds_IsEndedAndTheCacheGoesOn()
    {
        await using var cache = await TestCache.StartAsync();
        var failure = await Assert.ThrowsAsync<RedisServerException>(() => cache.Database.ScriptEvaluateAsync("while true do end"));
        Assert.Contains("timeout", failure.Message, StringComparison.Ordinal);
        Assert.True(await cache.Database.StringSetAsync("after", 1));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Client_WithoutTheRightPassword_IsRefused(string password)
    {
        await using var cache = await TestCache.StartAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => TestCache.ConnectAsync(cache.Port, password));
    }

    [Fact]
    public async Task Entries_PastTheBound_EvictWhatIsUnused_NotWhatIsRead()
    {
        await using var cache = await TestCache.StartAsync();
        var value = new byte[8 << 10];
        RedisKey[] used = [.. Enumerable.Range(0, 100).Select(i => (RedisKey)$"used:{i}")];
        await Task.WhenAll(used.Select(key => cache.Database.StringSetAsync(key, value)));

        // Four times the bound, in rounds of 2 MiB.
        for (int round = 0; round < 128; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 256).Select(i => cache.Database.StringSetAsync($"unused:{round}:{i}", value)));
            if (round % 4 == 0)
            {
                await cache.Database.StringGetAsync(used);
            }
        }

        Assert.DoesNotContain(await cache.Database.StringGetAsync(used), v => v.IsNull);
        Assert.True((await cache.Database.StringGetAsync("unused:0:0")).IsNull);
        Assert.False((await cache.Database.StringGetAsync("unused:127:255")).IsNull);
    }

    [Fact]
    public async Task Start_OnATakenPort_NamesTheKey()
    {
        await using var cache = await TestCache.StartAsync();
        var refusal = Assert.Throws<StartException>(() => RunningCache.Start(new CacheOptions { Port = cache.Port }, NullLoggerFactory.Instance));
        Assert.StartsWith($"Cache:Port: {cache.Port} is taken", refusal.Message, StringComparison.Ordinal);
    }
}
