using System.Text.Json;
using Morgan.EmbeddingService.Similarity;

namespace Morgan.EmbeddingService.Requests;

/// <summary>Reads <c>{"model":"use-lite","a":"query","b":["one","two"],"metric":"cosine","top_k":1}</c>.</summary>
internal static class SimilarityReader
{
    /// <summary>The most scores of one answer.</summary>
    private const int MaxScores = 4 * 1024 * 1024;

    /// <summary>Reads a body.</summary>
    /// <exception cref="Rejection">400, naming what was wrong.</exception>
    public static void Read(ReadOnlySpan<byte> body, SimilarityRequest request)
    {
        try
        {
            var reader = JsonFields.Open(body);
            while (JsonFields.Next(ref reader))
            {
                ReadField(ref reader, request);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw JsonFields.NotJson(e);
        }

        var (a, b) = (Count(request, "a"), Count(request, "b"));
        if ((long)a * b > MaxScores)
        {
            throw Rejection.InvalidValue("b", $"'a' and 'b' have {(long)a * b} pairs; a request may have {MaxScores}. Send it in parts.");
        }
    }

    private static int Count(SimilarityRequest request, string name)
    {
        var (_, length) = request.Inputs.RangeOf(name).GetOffsetAndLength(request.Inputs.Count);
        return length > 0 ? length : throw Rejection.Missing(name);
    }

    private static void ReadField(ref Utf8JsonReader reader, SimilarityRequest request)
    {
        var name = reader.GetString();
        reader.Read();
        switch (name)
        {
            case "a" or "b":
                InputReader.Read(ref reader, request.Inputs, name, mayBeIds: false);
                break;
            case "model":
                request.Model = JsonFields.String(ref reader, name);
                break;
            case "metric":
                request.Metric = ReadMetric(JsonFields.String(ref reader, name));
                break;
            case "top_k":
                request.TopK = JsonFields.Int(ref reader, name, 1);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static Metric ReadMetric(string? name) => name switch
    {
        null or "cosine" => Metric.Cosine,
        "dot" => Metric.Dot,
        "euclidean" => Metric.Euclidean,
        _ => throw Rejection.InvalidValue("metric", "'metric' must be 'cosine', 'dot' or 'euclidean'."),
    };
}
