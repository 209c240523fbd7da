using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// The identity of an input inside one model: 128 bits of SHA-256 over its final token ids. Exact by construction:
/// texts that differ only past the truncation share an entry, and nothing is guessed about what texts mean the same.
/// </summary>
internal static class KeyHash
{
    /// <summary>Hashes token ids.</summary>
    /// <param name="ids">The ids as the model sees them.</param>
    /// <param name="secret">
    /// The key of a tenant whose entries nobody else may find (HMAC instead of a bare hash); empty: shared by all.
    /// </param>
    public static UInt128 Of(ReadOnlySpan<int> ids, ReadOnlySpan<byte> secret) => Of(MemoryMarshal.AsBytes(ids), secret);

    /// <summary>Hashes bytes that stand for an input.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (secret.IsEmpty)
        {
            SHA256.HashData(bytes, hash);
        }
        else
        {
            HMACSHA256.HashData(secret, bytes, hash);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
