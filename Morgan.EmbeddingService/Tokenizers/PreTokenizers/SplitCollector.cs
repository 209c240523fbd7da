using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>
/// Makes pieces of the delimiters found in one piece and of what stands between them. Give it the delimiters from left to
/// right by <see cref="Delimiter"/>, then call <see cref="End"/>.
/// </summary>
internal ref struct SplitCollector
{
    private readonly PieceBuffer _output;
    private readonly SplitBehavior _behavior;
    private readonly bool _invert;
    private int _done;
    private int _heldStart;
    private int _heldEnd;
    private bool _previousWasDelimiter;

    /// <param name="output">Where the pieces go.</param>
    /// <param name="behavior">What becomes of delimiters.</param>
    /// <param name="invert">Whether what was found is the text and what lies between the delimiters.</param>
    /// <param name="start">Where the piece starts.</param>
    public SplitCollector(PieceBuffer output, SplitBehavior behavior, bool invert, int start)
    {
        _output = output;
        _behavior = behavior;
        _invert = invert;
        _done = start;
        _heldStart = _heldEnd = start;
    }

    /// <summary>Takes a delimiter.</summary>
    public void Delimiter(int start, int end)
    {
        if (start > _done)
        {
            Take(_done, start, _invert);
        }

        Take(start, end, !_invert);
        _done = end;
    }

    /// <summary>Takes the rest of the piece.</summary>
    public void End(int end)
    {
        if (end > _done)
        {
            Take(_done, end, _invert);
        }

        Release();
    }

    private void Take(int start, int end, bool isDelimiter)
    {
        var joins = _behavior switch
        {
            SplitBehavior.Contiguous => isDelimiter == _previousWasDelimiter,
            SplitBehavior.MergedWithPrevious => isDelimiter && !_previousWasDelimiter,
            SplitBehavior.MergedWithNext => _previousWasDelimiter && !isDelimiter,
            _ => false,
        };
        _previousWasDelimiter = isDelimiter;
        if (!joins)
        {
            Release();
            _heldStart = start;
        }

        _heldEnd = end;
        if (isDelimiter && _behavior == SplitBehavior.Removed)
        {
            _heldStart = end;
        }
    }

    private void Release()
    {
        _output.Add(_heldStart, _heldEnd - _heldStart);
        _heldStart = _heldEnd;
    }
}
