using Morgan.EmbeddingService.Caching;

namespace Morgan.Tests.EmbeddingService.Caching;

public sealed class L1CacheTests
{
    [Fact]
    public async Task BulkImport_DoesNotPushOutTheHotQueries()
    {
        var shard = new L1Cache(200 * (4 * 8 + 200)).Add(8);
        for (var round = 0; round < 20; round++)
        {
            for (var hot = 0; hot < 50; hot++)
            {
                if (!shard.TryGet((UInt128)hot, out _))
                {
                    shard.Add((UInt128)hot, new float[8]);
                }
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        for (var import = 1000; import < 21_000; import++)
        {
            shard.Add((UInt128)import, new float[8]);
        }

        Assert.InRange(Enumerable.Range(0, 50).Count(hot => shard.TryGet((UInt128)hot, out _)), 45, 50);
    }

    [Fact]
    public async Task Bytes_StayWithinTheLimitOverAllModels()
    {
        var cache = new L1Cache(1_000_000);
        var (small, large) = (cache.Add(16), cache.Add(1024));
        for (var i = 0; i < 20_000; i++)
        {
            small.Add((UInt128)i, new float[16]);
            large.Add((UInt128)i, new float[1024]);
        }

        await Wait.UntilAsync(() => cache.Size.Bytes <= 1_000_000, "the limit");
        Assert.InRange(cache.Size.Bytes, 500_000, 1_000_000);
    }

    [Fact]
    public void ModelRemoved_TheOthersGetItsShareAndKeepTheirs()
    {
        var cache = new L1Cache(1_000_000);
        var (first, second) = (cache.Add(16), cache.Add(16));
        for (var i = 0; i < 100; i++)
        {
            first.Add((UInt128)i, [i]);
        }

        cache.Remove(second);
        second.Add(1, [1]);

        Assert.True(first.TryGet(7, out var vector));
        Assert.Equal([7f], vector);
        Assert.False(second.TryGet(1, out _));
    }

    [Fact]
    public void NoBytes_KeepsNothing()
    {
        var shard = new L1Cache(0).Add(16);
        shard.Add(1, new float[16]);
        Assert.False(shard.TryGet(1, out _));
    }
}
