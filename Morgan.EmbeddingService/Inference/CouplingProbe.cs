using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Inference;

/// <summary>
/// Finds out whether a model's texts change each other's vectors in a batch, as dynamic int8 scales make them do: runs
/// a few texts alone and together and compares.
/// </summary>
internal static class CouplingProbe
{
    /// <summary>Components may differ by this much, which is rounding.</summary>
    public const float Tolerance = 1e-6f;

    private static readonly int[] Lengths = [3, 29, 12, 1, 7];

    /// <summary>The largest difference of a component; a graph that takes no batch counts as infinitely far.</summary>
    /// <exception cref="InferenceException">The model does not even run a text alone.</exception>
    public static float Run(IEngine engine, int vocabulary, int maxTokens)
    {
        var texts = new int[Lengths.Length][];
        var alone = new float[Lengths.Length][];
        var together = new float[Lengths.Length][];
        var random = new Random(1);
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = new int[Math.Min(Lengths[i], maxTokens)];
            for (var k = 0; k < texts[i].Length; k++)
            {
                texts[i][k] = random.Next(vocabulary);
            }

            (alone[i], together[i]) = (new float[engine.Dimensions], new float[engine.Dimensions]);
            engine.Run([texts[i]], [alone[i]]);
        }

        try
        {
            engine.Run(texts, together);
        }
        catch (InferenceException)
        {
            return float.PositiveInfinity;
        }

        var largest = 0f;
        for (var i = 0; i < texts.Length; i++)
        {
            TensorPrimitives.Subtract(alone[i], together[i], together[i]);
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude<float>(together[i])));
        }

        return largest;
    }
}
