using Microsoft.Extensions.Time.Testing;
using Morgan.EmbeddingService.Caching;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.Tests.EmbeddingService.Caching;

public sealed class KeySpaceTests
{
    private static readonly UInt128 Hash = new(1, 0xab);

    [Fact]
    public void Key_HoldsSchemaFingerprintAndHash()
    {
        var keys = new KeySpace(new RedisKeys("morgan"), "0f0f", new CacheEpoch(TimeProvider.System));
        Assert.Equal("morgan:emb:1:0f0f:000000000000000100000000000000ab", (string?)keys.KeyOf(Hash));
    }

    [Fact]
    public void EpochBumped_TheKeysAreOthers()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
        var epoch = new CacheEpoch(time);
        var keys = new KeySpace(new RedisKeys("morgan"), "0f0f", epoch);
        keys.KeyOf(Hash);
        epoch.Bump();
        Assert.Equal("morgan:emb:1.1800000000000:0f0f:000000000000000100000000000000ab", (string?)keys.KeyOf(Hash));
    }

    [Fact]
    public void Epoch_OnlyGrows()
    {
        var epoch = new CacheEpoch(new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(100)));
        Assert.Equal(100, epoch.Bump());
        Assert.Equal(101, epoch.Bump());
        Assert.False(epoch.Raise(50));
        Assert.True(epoch.Raise(500));
        Assert.Equal(500, epoch.Value);
    }

    [Fact]
    public void TenantSecret_GivesOtherHashes()
    {
        int[] ids = [1, 2, 3];
        Assert.NotEqual(KeyHash.Of(ids, []), KeyHash.Of(ids, [1]));
        Assert.NotEqual(KeyHash.Of(ids, [2]), KeyHash.Of(ids, [1]));
        Assert.Equal(KeyHash.Of(ids, [1]), KeyHash.Of(ids, [1]));
    }
}
