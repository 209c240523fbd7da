namespace Morgan.EmbeddingService.Inference;

/// <summary>A model that turns token ids into vectors. Safe for several callers at once.</summary>
internal interface IEngine : IDisposable
{
    /// <summary>The length of its vectors.</summary>
    int Dimensions { get; }

    /// <summary>Embeds some texts in one run.</summary>
    /// <param name="texts">The token ids of each text, at least one text.</param>
    /// <param name="vectors">As many arrays of <see cref="Dimensions"/> places, to be filled.</param>
    /// <exception cref="InferenceException">The run failed, or gave numbers that are none.</exception>
    void Run(ReadOnlySpan<int[]> texts, ReadOnlySpan<float[]> vectors);
}
