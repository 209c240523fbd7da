using Morgan.EmbeddingService.Tokenizers.Patterns;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads a <c>pattern</c>: <c>{"String":" "}</c> or <c>{"Regex":"\\s+"}</c>.</summary>
internal static class PatternReader
{
    /// <summary>The regular expression, or null and the string that the pattern is.</summary>
    public static TextPattern? Read(JsonPart part, out string literal)
    {
        if (part.Optional("Regex") is not { } regex)
        {
            literal = part.Required("String").String();
            return literal.Length > 0 ? null : throw part.Error("is empty");
        }

        literal = "";
        try
        {
            return new TextPattern(regex.String());
        }
        catch (NotSupportedException e)
        {
            throw regex.Error(e.Message);
        }
    }
}
