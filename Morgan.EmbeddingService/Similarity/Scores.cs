using System.Numerics.Tensors;

namespace Morgan.EmbeddingService.Similarity;

/// <summary>Compares vectors.</summary>
internal static class Scores
{
    /// <summary>The score of two vectors of the same length.</summary>
    public static float Of(Metric metric, ReadOnlySpan<float> a, ReadOnlySpan<float> b) => metric switch
    {
        Metric.Dot => TensorPrimitives.Dot(a, b),
        Metric.Euclidean => TensorPrimitives.Distance(a, b),
        _ => Cosine(a, b),
    };

    /// <summary>The scores of one vector with each of several.</summary>
    public static void Row(Metric metric, ReadOnlySpan<float> a, ReadOnlySpan<float[]> b, Span<float> scores)
    {
        for (var i = 0; i < b.Length; i++)
        {
            scores[i] = Of(metric, a, b[i]);
        }
    }

    /// <summary>The best scores, best first; among equals the one that comes first.</summary>
    public static Match[] Top(Metric metric, ReadOnlySpan<float> scores, int count)
    {
        var nearerIsLess = metric == Metric.Euclidean;
        var best = new PriorityQueue<int, (float Score, int Index)>();
        for (var i = 0; i < scores.Length; i++)
        {
            // The head of the queue is the worst kept so far.
            var rank = (nearerIsLess ? -scores[i] : scores[i], -i);
            if (best.Count < count)
            {
                best.Enqueue(i, rank);
            }
            else
            {
                best.EnqueueDequeue(i, rank);
            }
        }

        var matches = new Match[best.Count];
        for (var i = matches.Length - 1; i >= 0; i--)
        {
            var index = best.Dequeue();
            matches[i] = new Match(index, scores[index]);
        }

        return matches;
    }

    private static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var cosine = TensorPrimitives.CosineSimilarity(a, b);
        return float.IsNaN(cosine) ? 0 : cosine;
    }
}
