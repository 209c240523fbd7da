using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer : INormalizer
{
    private readonly bool _left;
    private readonly bool _right;

    /// <param name="left">Whether to strip the start.</param>
    /// <param name="right">Whether to strip the end.</param>
    public StripNormalizer(bool left, bool right)
    {
        _left = left;
        _right = right;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        var (start, end) = (0, text.Length);
        while (_left && start < end && CharClasses.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (_right && end > start && CharClasses.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        buffer.Slice(start, end - start);
    }
}
