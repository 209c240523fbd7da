using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Puts something before every text that is not empty.</summary>
internal sealed class PrependNormalizer : INormalizer
{
    private readonly string _prefix;

    /// <param name="prefix">What to put there.</param>
    public PrependNormalizer(string prefix)
    {
        _prefix = prefix;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        if (buffer.Text.IsEmpty)
        {
            return;
        }

        buffer.Begin();
        buffer.Append(_prefix);
        buffer.Append(buffer.Text);
        buffer.Commit();
    }
}
