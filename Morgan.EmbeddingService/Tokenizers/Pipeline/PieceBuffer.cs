using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>
/// Text on its way through the pre-tokenizers. A step reads <see cref="Text"/> and <see cref="Pieces"/>, and between
/// <see cref="Begin"/> and <see cref="Commit"/> gives the new pieces by <see cref="Add"/>. A step that also changes the
/// text writes the new one into <see cref="Rewrite"/>, which becomes <see cref="Text"/> at the commit.
/// </summary>
internal sealed class PieceBuffer
{
    private Piece[] _pieces = new Piece[64];
    private Piece[] _next = new Piece[64];
    private int _count;
    private int _nextCount;

    /// <param name="buffer">The normalized text.</param>
    public PieceBuffer(TextBuffer buffer)
    {
        Rewrite = buffer;
    }

    /// <summary>The text that the pieces are parts of.</summary>
    public ReadOnlySpan<char> Text => Rewrite.Text;

    /// <summary>Where a step that changes the text writes the new one, by the buffer's own Begin, Append and Commit.</summary>
    public TextBuffer Rewrite { get; }

    /// <summary>The pieces, in order; characters between them are dropped.</summary>
    public ReadOnlySpan<Piece> Pieces => _pieces.AsSpan(0, _count);

    /// <summary>The room that the buffer holds on to, in pieces.</summary>
    public int Capacity => Math.Max(_pieces.Length, _next.Length);

    /// <summary>Starts with one piece, which may be empty.</summary>
    public void Load(Piece piece)
    {
        _pieces[0] = piece;
        _count = piece.Length > 0 ? 1 : 0;
    }

    /// <summary>Starts a step.</summary>
    public void Begin() => _nextCount = 0;

    /// <summary>Gives a piece of the new division. Empty ones are dropped: no model makes a token of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int start, int length)
    {
        if (length <= 0)
        {
            return;
        }

        if (_nextCount == _next.Length)
        {
            Array.Resize(ref _next, 2 * _next.Length);
        }

        _next[_nextCount++] = new Piece(start, length);
    }

    /// <summary>Makes the new pieces the pieces.</summary>
    public void Commit()
    {
        (_pieces, _next) = (_next, _pieces);
        _count = _nextCount;
    }
}
