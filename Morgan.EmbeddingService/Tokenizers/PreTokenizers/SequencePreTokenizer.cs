using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.PreTokenizers;

/// <summary>Several steps, one after the other.</summary>
internal sealed class SequencePreTokenizer : IPreTokenizer
{
    private readonly IPreTokenizer[] _steps;

    /// <param name="steps">The steps in order.</param>
    public SequencePreTokenizer(IPreTokenizer[] steps)
    {
        _steps = steps;
    }

    /// <inheritdoc/>
    public void Split(PieceBuffer pieces)
    {
        foreach (var step in _steps)
        {
            step.Split(pieces);
        }
    }
}
