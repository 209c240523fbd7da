using System.Globalization;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2's: splits by <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> and writes each
/// byte of a piece's UTF-8 as a visible character.
/// </summary>
internal sealed class ByteLevelPreTokenizer : IPreTokenizer
{
    private const byte Space = 0;
    private const byte Letter = 1;
    private const byte Number = 2;
    private const byte Symbol = 3;

    private static readonly CharKinds Kinds = new(KindOf);

    private readonly bool _addPrefixSpace;
    private readonly bool _split;

    /// <param name="addPrefixSpace">Whether a space goes before a piece that does not start with one.</param>
    /// <param name="split">Whether to split; files that bring their own pattern say no.</param>
    public ByteLevelPreTokenizer(bool addPrefixSpace, bool split)
    {
        _addPrefixSpace = addPrefixSpace;
        _split = split;
    }

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        if (_addPrefixSpace)
        {
            AddPrefixSpaces(pieces);
        }

        var text = pieces.Text;
        var output = pieces.Rewrite;
        output.Begin();
        pieces.Begin();
        foreach (var piece in pieces.Pieces)
        {
            var end = piece.Start + piece.Length;
            for (var i = piece.Start; i < end;)
            {
                var length = _split ? LengthOfMatch(text[i..end]) : end - i;
                var start = output.Written;
                ByteLevelAlphabet.Append(text.Slice(i, length), output);
                pieces.Add(start, output.Written - start);
                i += length;
            }
        }

        output.Commit();
        pieces.Commit();
    }

    private static void AddPrefixSpaces(PieceBuffer pieces)
    {
        var text = pieces.Text;
        var output = pieces.Rewrite;
        output.Begin();
        pieces.Begin();
        foreach (var piece in pieces.Pieces)
        {
            var start = output.Written;
            if (text[piece.Start] != ' ')
            {
                output.Append(' ');
            }

            output.Append(text.Slice(piece.Start, piece.Length));
            pieces.Add(start, output.Written - start);
        }

        output.Commit();
        pieces.Commit();
    }

    private static int LengthOfMatch(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'' && LengthOfContraction(text) is > 0 and var contraction)
        {
            return contraction;
        }

        var from = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        var kind = Kinds.At(text, from, out var length);
        if (kind != Space)
        {
            return LengthOfRun(text, from + length, kind);
        }

        // White space leaves its last character to the word that follows it.
        var run = LengthOfRun(text, 1, Space);
        return run == text.Length || run == 1 ? run : run - 1;
    }

    private static int LengthOfRun(ReadOnlySpan<char> text, int from, byte kind)
    {
        while (from < text.Length && Kinds.At(text, from, out var length) == kind)
        {
            from += length;
        }

        return from;
    }

    private static int LengthOfContraction(ReadOnlySpan<char> text)
    {
        if (text.Length > 2 && text[1..3] is "re" or "ve" or "ll")
        {
            return 3;
        }

        return text.Length > 1 && text[1] is 's' or 't' or 'm' or 'd' ? 2 : 0;
    }

    private static byte KindOf(int codePoint) => codePoint <= char.MaxValue && CharClasses.IsWhiteSpace((char)codePoint)
        ? Space
        : CharClasses.Category(codePoint) switch
        {
            <= UnicodeCategory.OtherLetter => Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
            _ => Symbol,
        };
}
