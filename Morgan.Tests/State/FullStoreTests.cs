using Morgan.LlmService.Admission;
using StackExchange.Redis;

namespace Morgan.Tests.State;

/// <summary>What becomes of limits when the cache that they share is full.</summary>
public sealed class FullStoreTests
{
    private const int Limit = 30;
    private static readonly byte[] Piece = new byte[64 * 1024];

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("noeviction")]
    public async Task CacheThatIsFull_RequestsGoOn_AndTheBooksAreSaneWhenThereIsRoomAgain(string policy)
    {
        await using var store = await StateStore.StartAsync(StateStore.Redis, "--maxmemory", "8mb", "--maxmemory-policy", policy);
        await using var cache = await store.ConnectAsync();
        await using var one = await Replica.StartAsync(store.ConnectionString, new TenantOptions { RequestsPerMinute = Limit });
        await using var two = await Replica.StartAsync(store.ConnectionString, new TenantOptions { RequestsPerMinute = Limit });
        await Eventually.TrueAsync(() => one.Books.Replicas == 2 && two.Books.Replicas == 2, "they know of each other", TimeSpan.FromSeconds(30));

        // Twice the store's memory; each request in the middle of it is decided, and none fails.
        var granted = 0;
        for (var i = 0; i < 256; i++)
        {
            await FillAsync(cache, i);
            granted += i % 16 == 0 && await (i % 32 == 0 ? one : two).UseAsync(10, 10) ? 1 : 0;
        }

        Assert.Equal(16, granted);
        for (var i = 0; i < 256; i++)
        {
            await cache.GetDatabase().KeyDeleteAsync($"vector:{i}");
        }

        await Eventually.TrueAsync(
            async () => await one.LookAsync() is { Books: "shared", Used.Concurrent: 0, Used.RequestsInMinute: <= 16 }, "the books are shared again", TimeSpan.FromSeconds(60));
        while (await two.UseAsync(10, 10))
        {
            granted++;
        }

        // What was evicted is forgotten: at most one more limit in that minute. Where nothing is evicted, nothing is.
        Assert.InRange(granted, Limit, policy == "noeviction" ? Limit : 2 * Limit);
    }

    private static async Task FillAsync(ConnectionMultiplexer cache, int i)
    {
        try
        {
            await cache.GetDatabase().StringSetAsync($"vector:{i}", Piece);
        }
        catch (RedisServerException full)
        {
            Assert.StartsWith("OOM", full.Message, StringComparison.Ordinal);
        }
    }
}
