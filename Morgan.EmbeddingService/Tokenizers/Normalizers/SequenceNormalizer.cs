using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>Several steps, one after the other.</summary>
internal sealed class SequenceNormalizer : INormalizer
{
    private readonly INormalizer[] _steps;

    /// <param name="steps">The steps in order.</param>
    public SequenceNormalizer(INormalizer[] steps)
    {
        _steps = steps;
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        foreach (var step in _steps)
        {
            step.Normalize(buffer);
        }
    }
}
