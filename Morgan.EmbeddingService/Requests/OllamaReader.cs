using System.Text.Json;

namespace Morgan.EmbeddingService.Requests;

/// <summary>
/// Reads Ollama's bodies: <c>{"model":"use-lite","input":["a","b"],"truncate":true}</c>, and the older
/// <c>{"model":"use-lite","prompt":"a"}</c>. <c>options</c> and <c>keep_alive</c> are a host's own and passed over.
/// </summary>
internal static class OllamaReader
{
    /// <summary>Reads a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="field">The field of the inputs, <c>input</c> or <c>prompt</c>.</param>
    /// <exception cref="Rejection">400, naming what was wrong.</exception>
    public static OllamaRequest Read(ReadOnlySpan<byte> body, string field)
    {
        var request = new OllamaRequest();
        try
        {
            var reader = JsonFields.Open(body);
            while (JsonFields.Next(ref reader))
            {
                ReadField(ref reader, request, field);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw JsonFields.NotJson(e);
        }

        return request.Inputs.Count > 0 ? request : throw Rejection.Missing(field);
    }

    private static void ReadField(ref Utf8JsonReader reader, OllamaRequest request, string field)
    {
        var name = reader.GetString()!;
        reader.Read();
        switch (name)
        {
            case "model":
                request.AskedModel = JsonFields.String(ref reader, name);
                break;
            case "truncate":
                request.Truncate = JsonFields.Bool(ref reader, name);
                break;
            case "dimensions":
                request.Dimensions = JsonFields.Int(ref reader, name, 1);
                break;
            default:
                if (name == field)
                {
                    InputReader.Read(ref reader, request.Inputs, name, mayBeIds: false);
                }
                else
                {
                    reader.Skip();
                }

                break;
        }
    }
}
