using System.Text.Json;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Requests;

/// <summary>Reads a request's JSON and the fields that all dialects share.</summary>
internal static class RequestBody
{
    /// <summary>Longest body, room for a few images.</summary>
    public const long MaxBytes = 64L << 20;

    /// <summary>Most answers to one request, those to all its prompts together.</summary>
    public const int MaxChoices = 128;

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="BadRequestException">The body is not a JSON object, or too large.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw BadRequestException.InvalidJson("The body must be a JSON object.");
        }
        catch (JsonException broken)
        {
            throw BadRequestException.InvalidJson(
                $"The body is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}).");
        }
        catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new BadRequestException(OpenAiError.RequestTooLarge(MaxBytes));
        }
    }

    /// <summary>The model that is asked for.</summary>
    public static string Model(JsonElement body) =>
        Text(body, "model") is { Length: > 0 } model ? model : throw BadRequestException.Missing("model");

    /// <summary>A text, or null where it is absent or null.</summary>
    public static string? Text(JsonElement body, string name) => Field(body, name, JsonValueKind.String) is { } value ? value.GetString() : null;

    /// <summary>A switch, or <paramref name="otherwise"/> where it is absent or null.</summary>
    public static bool Flag(JsonElement body, string name, bool otherwise = false)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return otherwise;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw BadRequestException.InvalidValue(name, $"'{name}' must be true or false.");
    }

    /// <summary>A whole number of at least <paramref name="least"/>, or null where it is absent or null.</summary>
    public static int? Number(JsonElement body, string name, int least, int most = int.MaxValue)
    {
        if (Field(body, name, JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        return value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw BadRequestException.InvalidValue(name, $"'{name}' must be a whole number from {least} to {most}.");
    }

    /// <summary>How many answers are wanted.</summary>
    public static int Choices(JsonElement body) => Number(body, "n", 1, MaxChoices) ?? 1;

    /// <summary>The client's seed, 0 without one.</summary>
    public static long Seed(JsonElement body) => Field(body, "seed", JsonValueKind.Number) is { } seed && seed.TryGetInt64(out long value) ? value : 0;

    /// <summary>Whether a stream is to say its usage.</summary>
    public static bool IncludeUsage(JsonElement body) =>
        Field(body, "stream_options", JsonValueKind.Object) is { } options && Flag(options, "include_usage");

    /// <summary>One stop text or up to four.</summary>
    public static IReadOnlyList<string> Stop(JsonElement body)
    {
        if (!body.TryGetProperty("stop", out var stop) || stop.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (stop.ValueKind == JsonValueKind.String)
        {
            return stop.GetString() is { Length: > 0 } only ? [only] : [];
        }

        if (stop.ValueKind != JsonValueKind.Array || stop.GetArrayLength() > 4 || stop.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.String))
        {
            throw BadRequestException.InvalidValue("stop", "'stop' must be a string or an array of up to 4 strings.");
        }

        return [.. stop.EnumerateArray().Select(s => s.GetString()!).Where(s => s.Length > 0)];
    }

    /// <summary>The names of the tools on offer, in chat's nested form and in the flat one of <c>/v1/responses</c>.</summary>
    public static IReadOnlyList<string> Tools(JsonElement body)
    {
        if (Field(body, "tools", JsonValueKind.Array) is not { } tools)
        {
            return [];
        }

        return [.. tools.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.Object)
            .Select(t => Text(Field(t, "function", JsonValueKind.Object) ?? t, "name") ?? Text(t, "type") ?? "?")];
    }

    /// <summary>A field of the wanted kind; null where it is absent or null.</summary>
    /// <exception cref="BadRequestException">It is of another kind.</exception>
    public static JsonElement? Field(JsonElement body, string name, JsonValueKind kind)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == kind
            ? value
            : throw BadRequestException.InvalidValue(name, $"'{name}' must be {kind switch
            {
                JsonValueKind.String => "a string",
                JsonValueKind.Number => "a number",
                JsonValueKind.Array => "an array",
                _ => "an object",
            }}.");
    }
}
