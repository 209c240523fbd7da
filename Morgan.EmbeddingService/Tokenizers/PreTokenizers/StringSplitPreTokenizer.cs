using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>Split with a string: splits at each of its occurrences.</summary>
internal sealed class StringSplitPreTokenizer : IPreTokenizer
{
    private readonly string _pattern;
    private readonly SplitBehavior _behavior;
    private readonly bool _invert;

    /// <param name="pattern">What to split at; not empty.</param>
    /// <param name="behavior">What becomes of it.</param>
    /// <param name="invert">Whether it is the text and all else the delimiter.</param>
    public StringSplitPreTokenizer(string pattern, SplitBehavior behavior, bool invert)
    {
        _pattern = pattern;
        _behavior = behavior;
        _invert = invert;
    }

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        pieces.Begin();
        var text = pieces.Text;
        foreach (var piece in pieces.Pieces)
        {
            var end = piece.Start + piece.Length;
            var collector = new SplitCollector(pieces, _behavior, _invert, piece.Start);
            for (var i = piece.Start; text[i..end].IndexOf(_pattern) is >= 0 and var next; i += next + _pattern.Length)
            {
                collector.Delimiter(i + next, i + next + _pattern.Length);
            }

            collector.End(end);
        }

        pieces.Commit();
    }
}
