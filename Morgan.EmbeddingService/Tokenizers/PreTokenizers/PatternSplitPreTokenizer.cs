using Morgan.EmbeddingService.Tokenizers.Patterns;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>Split with a regular expression.</summary>
internal sealed class PatternSplitPreTokenizer : IPreTokenizer
{
    private readonly TextPattern _pattern;
    private readonly SplitBehavior _behavior;
    private readonly bool _invert;

    /// <param name="pattern">What to split at.</param>
    /// <param name="behavior">What becomes of it.</param>
    /// <param name="invert">Whether what it matches is the text and all else the delimiter.</param>
    public PatternSplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert)
    {
        _pattern = pattern;
        _behavior = behavior;
        _invert = invert;
    }

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        pieces.Begin();
        var scratch = PatternScratch.Rent();
        foreach (var piece in pieces.Pieces)
        {
            var collector = new SplitCollector(pieces, _behavior, _invert, piece.Start);
            var matches = _pattern.Matches(pieces.Text.Slice(piece.Start, piece.Length), scratch);
            while (matches.Next(out var start, out var end))
            {
                collector.Delimiter(piece.Start + start, piece.Start + end);
            }

            collector.End(piece.Start + piece.Length);
        }

        PatternScratch.Return(scratch);
        pieces.Commit();
    }
}
