using System.Buffers;
using System.Text;

namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>The memory that encoding one text needs, kept by the thread for the next one.</summary>
internal sealed class Workspace
{
    /// <summary>A workspace that a long text made larger than this, in characters, is not kept.</summary>
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static Workspace? _kept;

    private char[] _wellFormed = [];

    private Workspace()
    {
        Pieces = new PieceBuffer(Text);
        PartPieces = new PieceBuffer(Part);
    }

    /// <summary>The stretch of text between two added tokens, as the normalizers leave it.</summary>
    public TextBuffer Text { get; } = new();

    /// <summary>The pieces of <see cref="Text"/>.</summary>
    public PieceBuffer Pieces { get; }

    /// <summary>A part of <see cref="Text"/> between two added tokens that were found after normalizing.</summary>
    public TextBuffer Part { get; } = new();

    /// <summary>The pieces of <see cref="Part"/>.</summary>
    public PieceBuffer PartPieces { get; }

    /// <summary>Takes the thread's workspace, or makes one.</summary>
    public static Workspace Rent()
    {
        var workspace = _kept ?? new Workspace();
        _kept = null;
        return workspace;
    }

    /// <summary>Gives a workspace back to the thread.</summary>
    public static void Return(Workspace workspace)
    {
        var largest = Math.Max(
            Math.Max(workspace.Text.Capacity, workspace.Pieces.Capacity),
            Math.Max(Math.Max(workspace.Part.Capacity, workspace.PartPieces.Capacity), workspace._wellFormed.Length));
        if (largest <= LargestKept)
        {
            _kept = workspace;
        }
    }

    /// <summary>
    /// The text with each lone surrogate replaced by U+FFFD. The result is the text itself where there is none, else
    /// memory of this workspace.
    /// </summary>
    public ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0 && Rune.DecodeFromUtf16(text[at..], out _, out var consumed) == OperationStatus.Done)
        {
            var next = text[(at + consumed)..].IndexOfAnyInRange('\uD800', '\uDFFF');
            at = next < 0 ? -1 : at + consumed + next;
        }

        return at < 0 ? text : Repair(text, at);
    }

    private ReadOnlySpan<char> Repair(ReadOnlySpan<char> text, int from)
    {
        if (_wellFormed.Length < text.Length)
        {
            _wellFormed = new char[text.Length];
        }

        text.CopyTo(_wellFormed);
        for (var i = from; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text[i..], out _, out var consumed) != OperationStatus.Done)
            {
                _wellFormed[i] = '\uFFFD';
            }

            i += consumed;
        }

        return _wellFormed.AsSpan(0, text.Length);
    }
}
