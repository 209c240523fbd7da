using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>SentencePiece's way with spaces: each becomes "▁", which starts a new piece.</summary>
internal sealed class MetaspacePreTokenizer : IPreTokenizer
{
    private readonly char _mark;
    private readonly PrependScheme _prepend;
    private readonly bool _split;

    /// <param name="mark">What stands for a space.</param>
    /// <param name="prepend">Which pieces it is put before.</param>
    /// <param name="split">Whether pieces are split before each one.</param>
    public MetaspacePreTokenizer(char mark, PrependScheme prepend, bool split)
    {
        _mark = mark;
        _prepend = prepend;
        _split = split;
    }

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        var text = pieces.Text;
        var output = pieces.Rewrite;
        output.Begin();
        pieces.Begin();
        foreach (var piece in pieces.Pieces)
        {
            var part = text.Slice(piece.Start, piece.Length);
            var start = output.Written;
            if (Prepends(piece, part[0], output.AtOrigin))
            {
                output.Append(_mark);
            }

            output.AppendReplaced(part, ' ', _mark);
            AddPieces(pieces, output.WrittenFrom(start), start);
        }

        output.Commit();
        pieces.Commit();
    }

    private bool Prepends(Piece piece, char first, bool atOrigin) => first != ' ' && first != _mark && _prepend switch
    {
        PrependScheme.Always => true,
        PrependScheme.First => piece.Start == 0 && atOrigin,
        _ => false,
    };

    private void AddPieces(PieceBuffer pieces, ReadOnlySpan<char> text, int offset)
    {
        var start = 0;
        while (_split && text[(start + 1)..].IndexOf(_mark) is >= 0 and var next)
        {
            pieces.Add(offset + start, next + 1);
            start += next + 1;
        }

        pieces.Add(offset + start, text.Length - start);
    }
}
