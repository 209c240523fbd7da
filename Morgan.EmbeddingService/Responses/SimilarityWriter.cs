using System.Text.Json;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Similarity;

namespace Morgan.EmbeddingService.Responses;

/// <summary>
/// Writes <c>{"scores":[[0.9,0.1]],"model":"use-lite","usage":{…}}</c>, or with top_k
/// <c>{"matches":[[{"index":0,"score":0.9}]],"model":"use-lite","usage":{…}}</c>.
/// </summary>
internal static class SimilarityWriter
{
    private const int FlushBytes = 128 * 1024;

    /// <summary>Compares the texts of two ranges and writes the answer.</summary>
    public static async Task WriteAsync(HttpContext context, EmbeddingJob job, Range a, Range b, Metric metric, int? top)
    {
        context.Response.ContentType = "application/json";
        var (left, right) = (Vectors(job, a), Vectors(job, b));
        var scores = new float[right.Length];
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray(top is null ? "scores"u8 : "matches"u8);
        foreach (var vector in left)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            Scores.Row(metric, vector, right, scores);
            WriteRow(writer, metric, scores, top);
            if (writer.BytesPending > FlushBytes)
            {
                await writer.FlushAsync(context.RequestAborted);
            }
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, job.Model.Name);
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, job.Tokens);
        writer.WriteNumber("total_tokens"u8, job.Tokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static float[][] Vectors(EmbeddingJob job, Range range)
    {
        var items = job.Items[range];
        var vectors = new float[items.Length][];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = items[i].Vector!;
        }

        return vectors;
    }

    private static void WriteRow(Utf8JsonWriter writer, Metric metric, float[] scores, int? top)
    {
        writer.WriteStartArray();
        if (top is { } count)
        {
            foreach (var match in Scores.Top(metric, scores, count))
            {
                writer.WriteStartObject();
                writer.WriteNumber("index"u8, match.Index);
                writer.WriteNumber("score"u8, match.Score);
                writer.WriteEndObject();
            }
        }
        else
        {
            foreach (var score in scores)
            {
                writer.WriteNumberValue(score);
            }
        }

        writer.WriteEndArray();
    }
}
