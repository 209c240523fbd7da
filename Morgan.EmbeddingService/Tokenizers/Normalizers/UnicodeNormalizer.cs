using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>NFC, NFD, NFKC and NFKD.</summary>
internal sealed class UnicodeNormalizer : INormalizer
{
    private readonly bool _compatible;
    private readonly bool _compose;

    /// <param name="compatible">Whether compatibility decompositions apply (the K forms).</param>
    /// <param name="compose">Whether the result is composed again (the C forms).</param>
    public UnicodeNormalizer(bool compatible, bool compose)
    {
        _compatible = compatible;
        _compose = compose;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer) => UnicodeForms.Normalize(buffer, _compatible, _compose);
}
