using System.Text.Json;

namespace Morgan.Benchmarks.Load;

/// <summary>Requests for vectors in base64, as they go over the wire.</summary>
internal static class EmbeddingRequests
{
    /// <summary>The model that the service has without being told of any.</summary>
    public const string DefaultModel = "use-lite";

    /// <summary>One for so many neighbouring texts each.</summary>
    public static byte[][] Of(string[] texts, int textsPerRequest, string model = DefaultModel) =>
        [.. texts.Chunk(textsPerRequest).Select(chunk => RawConnection.Post(
            "/v1/embeddings", JsonSerializer.Serialize(new { model, encoding_format = "base64", input = chunk })))];
}
