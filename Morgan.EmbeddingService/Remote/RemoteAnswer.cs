using System.Runtime.InteropServices;
using System.Text.Json;

namespace Morgan.EmbeddingService.Remote;

/// <summary>What a host answered: a vector for each text, and the tokens it counted.</summary>
/// <param name="Vectors">In the order of the texts.</param>
/// <param name="Tokens">The tokens of all texts; 0 where the host does not say.</param>
internal sealed record RemoteAnswer(float[][] Vectors, int Tokens)
{
    /// <summary>
    /// Reads <c>{"data":[{"index":0,"embedding":[0.1,…]}],"usage":{"prompt_tokens":3}}</c>, numbers or base64.
    /// </summary>
    /// <param name="json">The body.</param>
    /// <param name="texts">How many texts were sent.</param>
    /// <exception cref="JsonException">It is something else.</exception>
    public static RemoteAnswer Read(ReadOnlyMemory<byte> json, int texts)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array || data.GetArrayLength() != texts)
        {
            throw new JsonException($"the answer has no list of {texts} embeddings");
        }

        var (vectors, at) = (new float[texts][], 0);
        foreach (var item in data.EnumerateArray())
        {
            var index = item.TryGetProperty("index", out var place) && place.TryGetInt32(out var number) ? number : at;
            if (index < 0 || index >= texts || vectors[index] is not null || !item.TryGetProperty("embedding", out var embedding))
            {
                throw new JsonException("the answer's embeddings are not numbered one by one");
            }

            vectors[index] = Vector(embedding);
            at++;
        }

        return Array.Exists(vectors, vector => vector.Length != vectors[0].Length || vector.Length == 0)
            ? throw new JsonException("the answer's embeddings are not of one length")
            : new RemoteAnswer(vectors, TokensOf(root));
    }

    private static float[] Vector(JsonElement embedding)
    {
        switch (embedding.ValueKind)
        {
            case JsonValueKind.String when embedding.TryGetBytesFromBase64(out var bytes) && bytes.Length % sizeof(float) == 0:
                return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            case JsonValueKind.Array:
                var vector = new float[embedding.GetArrayLength()];
                var i = 0;
                foreach (var number in embedding.EnumerateArray())
                {
                    vector[i++] = number.ValueKind == JsonValueKind.Number && float.IsFinite(number.GetSingle())
                        ? number.GetSingle()
                        : throw new JsonException("an embedding holds something that is no number");
                }

                return vector;
            default:
                throw new JsonException("an embedding is neither a list of numbers nor base64");
        }
    }

    private static int TokensOf(JsonElement root) =>
        root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
        && usage.TryGetProperty("prompt_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt32(out var count)
            ? count
            : 0;
}
