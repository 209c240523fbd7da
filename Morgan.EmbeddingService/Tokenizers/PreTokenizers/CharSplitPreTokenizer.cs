using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>Splits at single characters of a kind: Punctuation, Digits and CharDelimiterSplit.</summary>
internal sealed class CharSplitPreTokenizer : IPreTokenizer
{
    private readonly CharKinds _kinds;
    private readonly SplitBehavior _behavior;

    private CharSplitPreTokenizer(Func<int, bool> isDelimiter, SplitBehavior behavior)
    {
        _kinds = new CharKinds(c => isDelimiter(c) ? (byte)1 : (byte)0);
        _behavior = behavior;
    }

    /// <summary>Splits at punctuation.</summary>
    public static CharSplitPreTokenizer Punctuation(SplitBehavior behavior) => new(CharClasses.IsPunctuation, behavior);

    /// <summary>Splits numbers from the rest, into single digits or not.</summary>
    public static CharSplitPreTokenizer Digits(bool individual) =>
        new(CharClasses.IsNumeric, individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    /// <summary>Splits at a character and drops it.</summary>
    public static CharSplitPreTokenizer Delimiter(int delimiter) => new(c => c == delimiter, SplitBehavior.Removed);

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        pieces.Begin();
        var text = pieces.Text;
        foreach (var piece in pieces.Pieces)
        {
            var end = piece.Start + piece.Length;
            var collector = new SplitCollector(pieces, _behavior, invert: false, piece.Start);
            for (var i = piece.Start; i < end;)
            {
                var kind = _kinds.At(text, i, out var length);
                if (kind != 0)
                {
                    collector.Delimiter(i, i + length);
                }

                i += length;
            }

            collector.End(end);
        }

        pieces.Commit();
    }
}
