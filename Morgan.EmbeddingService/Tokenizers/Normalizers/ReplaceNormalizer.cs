using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Replaces every occurrence of a string, from left to right, by another.</summary>
internal sealed class ReplaceNormalizer : INormalizer
{
    private readonly string _pattern;
    private readonly string _content;

    /// <param name="pattern">What to replace; not empty.</param>
    /// <param name="content">What to put there.</param>
    public ReplaceNormalizer(string pattern, string content)
    {
        _pattern = pattern;
        _content = content;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var at = buffer.Text.IndexOf(_pattern);
        if (at < 0)
        {
            return;
        }

        if (_pattern.Length == 1 && _content.Length == 1)
        {
            buffer.Text[at..].Replace(_pattern[0], _content[0]);
            return;
        }

        // What replaces several leading characters stems from the last of them.
        buffer.AtOrigin &= at > 0 || (_pattern.Length == 1 && _content.Length > 0);
        buffer.Begin();
        ReadOnlySpan<char> rest = buffer.Text;
        for (; at >= 0; at = rest.IndexOf(_pattern))
        {
            buffer.Append(rest[..at]);
            buffer.Append(_content);
            rest = rest[(at + _pattern.Length)..];
        }

        buffer.Append(rest);
        buffer.Commit();
    }
}
