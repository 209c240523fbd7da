using System.Text.Json;

namespace Morgan.EmbeddingService.Requests;

/// <summary>
/// Reads the inputs of a request: a text, a list of texts, and where the API has them a list of token ids
/// (<c>[101, 7592]</c>) or a list of such lists.
/// </summary>
internal static class InputReader
{
    /// <summary>Reads the value that the reader stands on.</summary>
    /// <param name="reader">On the value's first token; on its last after the call.</param>
    /// <param name="inputs">Where the inputs go, as a part of their own.</param>
    /// <param name="param">The field's name, for error messages.</param>
    /// <param name="mayBeIds">Whether the API takes token ids.</param>
    /// <exception cref="Rejection">400, naming the field or the element.</exception>
    public static void Read(ref Utf8JsonReader reader, InputList inputs, string param, bool mayBeIds)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                inputs.Begin(param, isSingle: true);
                AddText(ref reader, inputs);
                break;
            case JsonTokenType.StartArray:
                ReadArray(ref reader, inputs, param, mayBeIds);
                break;
            case JsonTokenType.Null:
                throw Rejection.Missing(param);
            default:
                throw Wrong(param, mayBeIds);
        }
    }

    private static void ReadArray(ref Utf8JsonReader reader, InputList inputs, string param, bool mayBeIds)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            throw Rejection.InvalidValue(param, $"'{param}' must not be an empty list.");
        }

        if (reader.TokenType == JsonTokenType.Number && mayBeIds)
        {
            inputs.Begin(param, isSingle: true);
            ReadIds(ref reader, inputs, param);
            return;
        }

        inputs.Begin(param, isSingle: false);
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (inputs.Count == InputList.MaxCount)
            {
                throw Rejection.InvalidValue(param, $"'{param}' holds more than {InputList.MaxCount} elements; send it in parts.");
            }

            if (reader.TokenType == JsonTokenType.String)
            {
                AddText(ref reader, inputs);
            }
            else if (reader.TokenType == JsonTokenType.StartArray && mayBeIds)
            {
                reader.Read();
                ReadIds(ref reader, inputs, inputs.NameOf(inputs.Count));
            }
            else
            {
                throw Wrong(inputs.NameOf(inputs.Count), mayBeIds);
            }
        }
    }

    private static void ReadIds(ref Utf8JsonReader reader, InputList inputs, string param)
    {
        var start = inputs.IdCount;
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id < 0)
            {
                var at = $"{param}[{inputs.IdCount - start}]";
                throw Rejection.InvalidValue(at, $"'{at}' must be a token id: a whole number of 0 or more.");
            }

            inputs.AddId(id);
        }

        if (inputs.IdCount == start)
        {
            throw Rejection.InvalidValue(param, $"'{param}' must not be an empty list.");
        }

        inputs.AddIds(start);
    }

    private static void AddText(ref Utf8JsonReader reader, InputList inputs) =>
        inputs.AddText((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex), reader.ValueIsEscaped);

    private static Rejection Wrong(string param, bool mayBeIds) => Rejection.InvalidValue(param, mayBeIds
        ? $"'{param}' must be a string, a list of strings, a list of token ids or a list of lists of token ids."
        : $"'{param}' must be a string or a list of strings.");
}
