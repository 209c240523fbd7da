using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>
/// Drops white space and makes pieces of what stands between it: BertPreTokenizer, Whitespace (<c>\w+|[^\w\s]+</c>) and
/// WhitespaceSplit, which differ in what they cut a stretch of text into.
/// </summary>
internal sealed class WordPreTokenizer : IPreTokenizer
{
    private const byte Space = 0;
    private const byte Single = 1;
    private const byte Word = 2;
    private const byte Symbol = 3;

    private readonly CharKinds _kinds;

    private WordPreTokenizer(Func<int, byte> kindOf)
    {
        _kinds = new CharKinds(c => c <= char.MaxValue && CharClasses.IsWhiteSpace((char)c) ? Space : kindOf(c));
    }

    /// <summary>Words, and every punctuation character by itself.</summary>
    public static WordPreTokenizer Bert { get; } = new(c => CharClasses.IsPunctuation(c) ? Single : Word);

    /// <summary>Runs of word characters, and runs of others.</summary>
    public static WordPreTokenizer Whitespace { get; } = new(c => CharClasses.IsWord(c) ? Word : Symbol);

    /// <summary>All that stands between white space.</summary>
    public static WordPreTokenizer WhitespaceSplit { get; } = new(_ => Word);

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        pieces.Begin();
        foreach (var piece in pieces.Pieces)
        {
            Split(pieces.Text, piece, pieces);
        }

        pieces.Commit();
    }

    private void Split(ReadOnlySpan<char> text, Piece piece, PieceBuffer output)
    {
        var kinds = _kinds;
        var start = piece.Start;
        var end = piece.Start + piece.Length;
        var open = Space;
        for (var i = start; i < end;)
        {
            var kind = kinds.At(text, i, out var length);
            if (kind != open || kind == Single)
            {
                if (open != Space)
                {
                    output.Add(start, i - start);
                }

                start = i;
                open = kind;
            }

            i += length;
        }

        if (open != Space)
        {
            output.Add(start, end - start);
        }
    }
}
