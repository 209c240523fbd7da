using Morgan.EmbeddingService.Tokenizers.Patterns;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Replaces everything that a regular expression matches by one string, which is taken as it stands.</summary>
internal sealed class PatternReplaceNormalizer : INormalizer
{
    private readonly TextPattern _pattern;
    private readonly string _content;

    /// <param name="pattern">What to replace.</param>
    /// <param name="content">What to put there.</param>
    public PatternReplaceNormalizer(TextPattern pattern, string content)
    {
        _pattern = pattern;
        _content = content;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        var scratch = PatternScratch.Rent();
        var matches = _pattern.Matches(text, scratch);
        var done = 0;
        var found = false;
        while (matches.Next(out var start, out var end))
        {
            if (!found)
            {
                buffer.Begin();
                found = true;
            }

            buffer.Append(text[done..start]);
            buffer.Append(_content);
            buffer.AtOrigin &= start > 0 || (end == 1 && _content.Length > 0);
            done = end;
        }

        if (found)
        {
            buffer.Append(text[done..]);
            buffer.Commit();
        }

        PatternScratch.Return(scratch);
    }
}
