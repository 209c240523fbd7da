using System.Text.Json;

namespace Morgan.EmbeddingService.Requests;

/// <summary>
/// Reads OpenAI's body: <c>{"input":["a","b"],"model":"use-lite","encoding_format":"base64","dimensions":256,"user":"u"}</c>.
/// Fields that Morgan does not know are passed over: clients send more than they need.
/// </summary>
internal static class OpenAiReader
{
    /// <summary>Reads the body into the request.</summary>
    /// <param name="request">Whose body is read.</param>
    /// <param name="field">The field of the inputs.</param>
    /// <exception cref="Rejection">400, naming what was wrong.</exception>
    public static void Read(EmbeddingRequest request, string field = "input")
    {
        try
        {
            var reader = JsonFields.Open(request.Body.Bytes);
            while (JsonFields.Next(ref reader))
            {
                ReadField(ref reader, request, field);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw JsonFields.NotJson(e);
        }

        if (request.Inputs.Count == 0)
        {
            throw Rejection.Missing(field);
        }
    }

    private static void ReadField(ref Utf8JsonReader reader, EmbeddingRequest request, string field)
    {
        if (reader.ValueTextEquals(field))
        {
            reader.Read();
            InputReader.Read(ref reader, request.Inputs, field, mayBeIds: true);
        }
        else if (reader.ValueTextEquals("model"u8))
        {
            reader.Read();
            request.Model = JsonFields.String(ref reader, "model");
        }
        else if (reader.ValueTextEquals("encoding_format"u8))
        {
            reader.Read();
            request.Encoding = ReadEncoding(ref reader);
        }
        else if (reader.ValueTextEquals("dimensions"u8))
        {
            reader.Read();
            request.Dimensions = JsonFields.Int(ref reader, "dimensions", 1);
        }
        else if (reader.ValueTextEquals("prompt_name"u8))
        {
            reader.Read();
            request.PromptName = JsonFields.String(ref reader, "prompt_name");
        }
        else if (reader.ValueTextEquals("user"u8))
        {
            reader.Read();
            JsonFields.String(ref reader, "user");
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static VectorEncoding ReadEncoding(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("float"u8)))
        {
            return VectorEncoding.Float;
        }

        return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("base64"u8)
            ? VectorEncoding.Base64
            : throw Rejection.InvalidValue("encoding_format", "'encoding_format' must be 'float' or 'base64'.");
    }
}
