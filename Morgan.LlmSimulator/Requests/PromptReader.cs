using System.Text.Json;
using Morgan.LlmSimulator.Answers;

namespace Morgan.LlmSimulator.Requests;

/// <summary>Reads the input of completions and embeddings: a string, strings, token ids, or arrays of token ids.</summary>
internal static class PromptReader
{
    /// <summary>The prompts, at least one and at most <paramref name="most"/>.</summary>
    /// <exception cref="BadRequestException">The field is missing, empty, too long or of another type.</exception>
    public static IReadOnlyList<Prompt> Read(JsonElement body, string name, int most)
    {
        if (!body.TryGetProperty(name, out var input) || input.ValueKind == JsonValueKind.Null)
        {
            throw BadRequestException.Missing(name);
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            return [OfText(input)];
        }

        if (input.ValueKind != JsonValueKind.Array || input.GetArrayLength() == 0)
        {
            throw Invalid(name);
        }

        if (input[0].ValueKind == JsonValueKind.Number)
        {
            return [OfTokens(input, name)];
        }

        if (input.GetArrayLength() > most)
        {
            throw BadRequestException.InvalidValue(name, $"'{name}' may have at most {most} elements.");
        }

        return [.. input.EnumerateArray().Select(element => element.ValueKind switch
        {
            JsonValueKind.String => OfText(element),
            JsonValueKind.Array => OfTokens(element, name),
            _ => throw Invalid(name),
        })];
    }

    private static Prompt OfText(JsonElement element)
    {
        string text = element.GetString()!;
        return new Prompt(text, TokenSplitter.Count(text));
    }

    // Without a vocabulary the ids can't be read; their numbers stand for the text.
    private static Prompt OfTokens(JsonElement ids, string name) =>
        ids.EnumerateArray().All(id => id.ValueKind == JsonValueKind.Number)
            ? new Prompt(string.Join(' ', ids.EnumerateArray().Select(id => id.GetRawText())), ids.GetArrayLength())
            : throw Invalid(name);

    private static BadRequestException Invalid(string name) =>
        BadRequestException.InvalidValue(name, $"'{name}' must be a string, an array of strings, or one or more arrays of token ids.");
}
