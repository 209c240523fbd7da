using System.Text.Json;

namespace Morgan.EmbeddingService.Requests;

/// <summary>
/// Reads the bodies of Text Embeddings Inference: <c>{"inputs":["a","b"],"normalize":true,"truncate":true}</c>, and for
/// similarity <c>{"inputs":{"source_sentence":"a","sentences":["b","c"]},"parameters":{"truncate":true}}</c>.
/// </summary>
internal static class TeiReader
{
    /// <summary>The inputs' field of a similarity body that is compared with the others.</summary>
    public const string Source = "inputs.source_sentence";

    /// <summary>The inputs' field of a similarity body that holds the others.</summary>
    public const string Sentences = "inputs.sentences";

    /// <summary>Reads a body whose inputs are texts.</summary>
    /// <exception cref="Rejection">400, naming what was wrong.</exception>
    public static TeiRequest Read(ReadOnlySpan<byte> body, bool mayBeIds) => Read(body, isPair: false, mayBeIds);

    /// <summary>Reads a similarity body.</summary>
    /// <exception cref="Rejection">400, naming what was wrong.</exception>
    public static TeiRequest ReadPair(ReadOnlySpan<byte> body)
    {
        var request = Read(body, isPair: true, mayBeIds: false);
        foreach (var part in new[] { Source, Sentences })
        {
            if (request.Inputs.RangeOf(part).Equals(default))
            {
                throw Rejection.Missing(part);
            }
        }

        return request;
    }

    private static TeiRequest Read(ReadOnlySpan<byte> body, bool isPair, bool mayBeIds)
    {
        var request = new TeiRequest();
        try
        {
            var reader = JsonFields.Open(body);
            while (JsonFields.Next(ref reader))
            {
                ReadField(ref reader, request, isPair, mayBeIds);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw JsonFields.NotJson(e);
        }

        return request.Inputs.Count > 0 ? request : throw Rejection.Missing("inputs");
    }

    private static void ReadField(ref Utf8JsonReader reader, TeiRequest request, bool isPair, bool mayBeIds)
    {
        var name = reader.GetString()!;
        reader.Read();
        switch (name)
        {
            case "inputs" when isPair:
                ReadPair(ref reader, request);
                break;
            case "inputs":
                InputReader.Read(ref reader, request.Inputs, name, mayBeIds);
                break;
            case "parameters" when reader.TokenType == JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var parameter = reader.GetString()!;
                    reader.Read();
                    ReadOption(ref reader, request, parameter);
                }

                break;
            default:
                ReadOption(ref reader, request, name);
                break;
        }
    }

    private static void ReadPair(ref Utf8JsonReader reader, TeiRequest request)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Rejection.InvalidValue("inputs", "'inputs' must be an object with 'source_sentence' and 'sentences'.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = $"inputs.{reader.GetString()}";
            reader.Read();
            if (name is Source or Sentences)
            {
                InputReader.Read(ref reader, request.Inputs, name, mayBeIds: false);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadOption(ref Utf8JsonReader reader, TeiRequest request, string name)
    {
        switch (name)
        {
            case "model":
                request.Model = JsonFields.String(ref reader, name);
                break;
            case "normalize":
                request.Normalize = JsonFields.Bool(ref reader, name) ?? true;
                break;
            case "truncate":
                request.Truncate = JsonFields.Bool(ref reader, name);
                break;
            case "truncation_direction":
                if (JsonFields.String(ref reader, name) is { } side && !side.Equals("right", StringComparison.OrdinalIgnoreCase))
                {
                    throw Rejection.InvalidValue(name, $"'{name}' must be 'right': the side is the model's own.");
                }

                break;
            case "prompt_name":
                request.PromptName = JsonFields.String(ref reader, name);
                break;
            case "dimensions":
                request.Dimensions = JsonFields.Int(ref reader, name, 1);
                break;
            case "add_special_tokens":
                request.AddSpecialTokens = JsonFields.Bool(ref reader, name) ?? true;
                break;
            default:
                reader.Skip();
                break;
        }
    }
}
