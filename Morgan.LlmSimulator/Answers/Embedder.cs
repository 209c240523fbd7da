using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Answers;

/// <summary>
/// Pseudo-embeddings: the sum of a random vector for each word, of length 1. They mean nothing, but the same text always
/// gets the same vector, on any host, and texts that share words are near each other.
/// </summary>
internal static class Embedder
{
    /// <summary>Dimensions where the request names none.</summary>
    public const int DefaultDimensions = 256;

    /// <summary>Most dimensions that can be asked for.</summary>
    public const int MaxDimensions = 4096;

    /// <summary>The text's vector.</summary>
    public static float[] Embed(string text, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (string word in text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).DefaultIfEmpty(""))
        {
            var chance = new Chance(Chance.Hash(word));
            for (int i = 0; i < dimensions; i++)
            {
                vector[i] += (float)(chance.NextDouble() - 0.5);
            }
        }

        float length = MathF.Sqrt(vector.Sum(x => x * x));
        for (int i = 0; i < dimensions; i++)
        {
            vector[i] /= length;
        }

        return vector;
    }
}
