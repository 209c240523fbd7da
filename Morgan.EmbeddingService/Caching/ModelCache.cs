using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Caching;

/// <summary>One loaded model's side of the cache, both levels.</summary>
/// <param name="L1">Its vectors in this process.</param>
/// <param name="Keys">Its keys in the shared store.</param>
/// <param name="Half">Whether vectors are kept, and answered, in 16 bits.</param>
/// <param name="Writer">The way to the shared store.</param>
internal sealed record ModelCache(L1Shard L1, KeySpace Keys, bool Half, L2Writer Writer)
{
    /// <summary>Keeps a vector that was computed.</summary>
    public void Store(UInt128 hash, float[] vector)
    {
        L1.Add(hash, vector);
        Writer.Offer(new VectorWrite(Keys, hash, vector, Half));
    }

    /// <summary>Brings a computed vector to the precision of the cache, so that a hit equals a miss.</summary>
    public void Round(Span<float> vector)
    {
        if (!Half)
        {
            return;
        }

        Span<Half> halves = stackalloc Half[256];
        for (var at = 0; at < vector.Length; at += halves.Length)
        {
            var some = vector.Slice(at, Math.Min(halves.Length, vector.Length - at));
            TensorPrimitives.ConvertToHalf(some, halves);
            TensorPrimitives.ConvertToSingle(halves[..some.Length], some);
        }
    }
}
