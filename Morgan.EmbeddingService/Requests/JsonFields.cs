using System.Text.Json;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Requests;

/// <summary>Reads the fields of a request's JSON object, with the errors that name them.</summary>
internal static class JsonFields
{
    /// <summary>Starts reading a body that must be a JSON object.</summary>
    /// <exception cref="Rejection">400 <c>invalid_json</c>.</exception>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new Rejection(OpenAiError.InvalidJson("The request body must be a JSON object."));
        }

        return reader;
    }

    /// <summary>Goes on to the next field's name.</summary>
    /// <returns>False: the object has ended, and nothing but white space follows.</returns>
    public static bool Next(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            return true;
        }

        // Reading past the object's end finds what does not belong there.
        while (reader.Read())
        {
        }

        return false;
    }

    /// <summary>The error of a body that is no JSON, or that names a field with what is no Unicode.</summary>
    public static Rejection NotJson(Exception e) =>
        new(OpenAiError.InvalidJson($"The request body is not valid JSON: {e.Message}"));

    /// <summary>A string, or null.</summary>
    public static string? String(ref Utf8JsonReader reader, string param)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw Rejection.InvalidValue(param, $"'{param}' must be a string.");
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Rejection.InvalidValue(param, $"'{param}' is not valid Unicode.");
        }
    }

    /// <summary>A whole number of at least <paramref name="min"/>, or null.</summary>
    public static int? Int(ref Utf8JsonReader reader, string param, int min) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number when reader.TryGetInt32(out var value) && value >= min => value,
        _ => throw Rejection.InvalidValue(param, $"'{param}' must be a whole number of {min} or more."),
    };

    /// <summary>True, false, or null.</summary>
    public static bool? Bool(ref Utf8JsonReader reader, string param) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Rejection.InvalidValue(param, $"'{param}' must be true or false."),
    };
}
