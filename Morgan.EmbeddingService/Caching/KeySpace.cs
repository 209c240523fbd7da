using System.Buffers.Text;
using System.Text;
using Morgan.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// One model's keys in the shared store: <c>morgan:emb:1:FINGERPRINT:HASH</c>, and after the cache was cleared
/// <c>morgan:emb:1.EPOCH:FINGERPRINT:HASH</c>, where <c>morgan</c> is the installation's prefix. No braces: they would put every key into one slot of a Cluster.
/// </summary>
internal sealed class KeySpace(RedisKeys names, string fingerprint, CacheEpoch epoch)
{
    /// <summary>The schema of keys and entries; another one is another key space.</summary>
    public const string Schema = "1";

    private const int HashHexLength = 32;

    private volatile Generation _generation = new(-1, []);

    /// <summary>Whether the generation is known, so that keys are those of the other replicas.</summary>
    public bool IsKnown => epoch.IsKnown;

    /// <summary>The key of a hash.</summary>
    public RedisKey KeyOf(UInt128 hash)
    {
        var generation = _generation;
        if (generation.Epoch != epoch.Value)
        {
            _generation = generation = Make(epoch.Value);
        }

        var key = new byte[generation.Bytes.Length + HashHexLength];
        generation.Bytes.CopyTo(key, 0);
        Utf8Formatter.TryFormat((ulong)(hash >> 64), key.AsSpan(generation.Bytes.Length), out _, new('x', 16));
        Utf8Formatter.TryFormat((ulong)hash, key.AsSpan(generation.Bytes.Length + 16), out _, new('x', 16));
        return key;
    }

    private Generation Make(long value)
    {
        var suffix = value == 0 ? "" : FormattableString.Invariant($".{value}");
        return new Generation(value, Encoding.ASCII.GetBytes(names.Of($"emb:{Schema}{suffix}:{fingerprint}:")));
    }

    private sealed record Generation(long Epoch, byte[] Bytes);
}
