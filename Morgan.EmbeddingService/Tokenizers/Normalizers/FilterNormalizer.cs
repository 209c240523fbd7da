using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Takes out or changes characters one by one: StripAccents, Nmt and a step of BERT's.</summary>
internal sealed class FilterNormalizer : INormalizer
{
    private const int Removed = -1;

    private readonly Func<int, int> _map;
    private readonly char _firstTouched;

    private FilterNormalizer(Func<int, int> map, char firstTouched)
    {
        _map = map;
        _firstTouched = firstTouched;
    }

    /// <summary>Takes out marks of every kind. It decomposes nothing: files put NFD or NFKD before it.</summary>
    public static FilterNormalizer StripAccents { get; } = new(c => CharClasses.IsMark(c) ? Removed : c, '\u0300');

    /// <summary>Takes out non-spacing marks, as BertNormalizer does after decomposing.</summary>
    public static FilterNormalizer StripNonSpacingMarks { get; } = new(c => CharClasses.IsNonSpacingMark(c) ? Removed : c, '\u0300');

    /// <summary>SentencePiece's "nmt" rules: control characters go, odd white space becomes a space.</summary>
    public static FilterNormalizer Nmt { get; } = new(MapNmt, '\0');

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        if (text.IndexOfAnyInRange(_firstTouched, char.MaxValue) < 0)
        {
            return;
        }

        buffer.Begin();
        for (var i = 0; i < text.Length;)
        {
            var to = _map(CodePoints.At(text, i, out var length));
            if (to != Removed)
            {
                buffer.AppendCodePoint(to);
            }
            else if (i == 0)
            {
                buffer.AtOrigin = false;
            }

            i += length;
        }

        buffer.Commit();
    }

    private static int MapNmt(int codePoint) => codePoint switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => Removed,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => codePoint,
    };
}
