using Microsoft.ML.Tokenizers;

namespace Morgan.LlmService.Metering;

/// <summary>
/// The tokenizers of the models whose encoding is known: OpenAI's, by the beginning of their names. Other models' prompts
/// are estimated by their bytes.
/// </summary>
internal sealed class TokenEncodings
{
    private readonly TokenEncoding _o200k = new("o200k_base");
    private readonly TokenEncoding _cl100k = new("cl100k_base");

    /// <summary>The tokenizer of <paramref name="model"/>; null: it is not known, or not read yet.</summary>
    /// <param name="model">A host's name of it: <c>gpt-4o-mini</c>, <c>openai/gpt-oss-120b</c>.</param>
    public Tokenizer? Of(string? model) => Find(model)?.Current;

    /// <summary>The encoding of <paramref name="model"/>; null: it is not known.</summary>
    public TokenEncoding? Find(string? model)
    {
        var name = model.AsSpan(model.AsSpan().LastIndexOf('/') + 1);
        return IsOneOf(name, "gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4-mini") ? _o200k
            : IsOneOf(name, "gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3", "text-embedding-ada-002") ? _cl100k
            : null;
    }

    // "o1" is o1, o1-mini and o1:latest, but not o1ive.
    private static bool IsOneOf(ReadOnlySpan<char> name, params ReadOnlySpan<string> families)
    {
        foreach (var family in families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase)
                && (name.Length == family.Length || !char.IsAsciiLetterOrDigit(name[family.Length])))
            {
                return true;
            }
        }

        return false;
    }
}
