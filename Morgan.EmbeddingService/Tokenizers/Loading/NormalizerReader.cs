using Morgan.EmbeddingService.Tokenizers.Normalizers;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>Reads an object under <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    /// <summary>The step that the object describes.</summary>
    public static INormalizer Read(JsonPart part) => part.Type switch
    {
        "NFKC" => new UnicodeNormalizer(System.Text.NormalizationForm.FormKC),
        "Prepend" => new PrependNormalizer(part.Required("prepend").String()),
        "Replace" => ReadReplace(part),
        "Sequence" => new SequenceNormalizer([.. part.Required("normalizers").Items().Select(Read)]),
        var unknown => throw part.Unsupported(unknown),
    };

    /// <summary>Example: <c>{"type":"Replace","pattern":{"String":" "},"content":"▁"}</c>.</summary>
    private static ReplaceNormalizer ReadReplace(JsonPart part)
    {
        var pattern = part.Required("pattern");
        return new ReplaceNormalizer(pattern.Required("String").String(), part.Required("content").String());
    }
}
