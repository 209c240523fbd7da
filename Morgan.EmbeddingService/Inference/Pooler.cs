using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>Pools the token vectors of one text; positions past its length are padding and never looked at.</summary>
internal static class Pooler
{
    /// <summary>Pools.</summary>
    /// <param name="pooling">How.</param>
    /// <param name="tokens">The text's token vectors, one after the other.</param>
    /// <param name="length">How many tokens the text has; 0 gives a vector of zeros.</param>
    /// <param name="pooled">Where the result goes; its length is a token vector's.</param>
    public static void Pool(Pooling pooling, ReadOnlySpan<float> tokens, int length, Span<float> pooled)
    {
        if (length == 0)
        {
            pooled.Clear();
            return;
        }

        var size = pooled.Length;
        switch (pooling)
        {
            case Pooling.Cls:
                tokens[..size].CopyTo(pooled);
                break;
            case Pooling.LastToken:
                tokens.Slice((length - 1) * size, size).CopyTo(pooled);
                break;
            case Pooling.Max:
                tokens[..size].CopyTo(pooled);
                for (var i = 1; i < length; i++)
                {
                    TensorPrimitives.Max(pooled, tokens.Slice(i * size, size), pooled);
                }

                break;
            default:
                tokens[..size].CopyTo(pooled);
                for (var i = 1; i < length; i++)
                {
                    TensorPrimitives.Add(pooled, tokens.Slice(i * size, size), pooled);
                }

                TensorPrimitives.Divide(pooled, length, pooled);
                break;
        }
    }
}
