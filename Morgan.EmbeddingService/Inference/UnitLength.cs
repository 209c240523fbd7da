using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>Brings vectors to length 1.</summary>
internal static class UnitLength
{
    // A vector that its graph has normalised differs from 1 by rounding only; it keeps its bits.
    private const float Close = 2e-6f;

    /// <summary>Divides by the vector's length; a vector of zeros has none and stays.</summary>
    public static void Apply(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm(vector);
        if (norm > 0 && Math.Abs(norm - 1) > Close)
        {
            TensorPrimitives.Divide(vector, norm, vector);
        }
    }
}
