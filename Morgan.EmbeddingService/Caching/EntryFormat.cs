using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// How a vector stands in the shared store, little-endian: <c>'m' 'e' version dtype</c>, the dimension (u32), a
/// checksum (u64, XXH64 seeded by the key, so that an entry under a wrong key is wrong too), the numbers.
/// Never text: an embedding can be inverted, so the store is sensitive as it is.
/// </summary>
internal static class EntryFormat
{
    /// <summary>The bytes before the numbers.</summary>
    public const int HeaderBytes = 16;

    private const byte Version = 1;
    private const byte Float32 = 1;
    private const byte Float16 = 2;

    /// <summary>Writes an entry.</summary>
    /// <param name="vector">The vector; for <paramref name="half"/> its numbers are halves already.</param>
    /// <param name="key">The key it will stand under.</param>
    /// <param name="half">Whether two bytes a number are enough.</param>
    public static byte[] Encode(ReadOnlySpan<float> vector, UInt128 key, bool half)
    {
        var entry = new byte[HeaderBytes + (vector.Length * (half ? 2 : 4))];
        var numbers = entry.AsSpan(HeaderBytes);
        if (half)
        {
            TensorPrimitives.ConvertToHalf(vector, MemoryMarshal.Cast<byte, Half>(numbers));
        }
        else
        {
            MemoryMarshal.AsBytes(vector).CopyTo(numbers);
        }

        (entry[0], entry[1], entry[2], entry[3]) = ((byte)'m', (byte)'e', Version, half ? Float16 : Float32);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(4), vector.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(8), XxHash64.HashToUInt64(numbers, Seed(key)));
        return entry;
    }

    /// <summary>Reads an entry, or gives null: it is damaged, of another schema, or of another size.</summary>
    public static float[]? Decode(ReadOnlySpan<byte> entry, UInt128 key, int dimensions, bool half)
    {
        if (entry.Length != HeaderBytes + (dimensions * (half ? 2 : 4))
            || entry[0] != 'm' || entry[1] != 'e' || entry[2] != Version || entry[3] != (half ? Float16 : Float32)
            || BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) != dimensions)
        {
            return null;
        }

        var numbers = entry[HeaderBytes..];
        if (XxHash64.HashToUInt64(numbers, Seed(key)) != BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]))
        {
            return null;
        }

        var vector = GC.AllocateUninitializedArray<float>(dimensions);
        if (half)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(numbers), vector);
        }
        else
        {
            numbers.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        }

        return vector;
    }

    private static long Seed(UInt128 key) => (long)((ulong)key ^ (ulong)(key >> 64));
}
