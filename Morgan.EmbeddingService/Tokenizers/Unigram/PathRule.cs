namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>How the ways to cut a text compare.</summary>
internal enum PathRule
{
    /// <summary>
    /// SentencePiece's and Hugging Face's: an unknown character costs ten more than the worst entry; of two equal ways the
    /// one whose last entry is longer stays.
    /// </summary>
    SentencePiece,

    /// <summary>
    /// That of @tensorflow-models/universal-sentence-encoder, which Universal Sentence Encoder's TensorFlow.js models are
    /// used with: a character that no entry starts at is unknown and costs nothing; a place that no way leads to is reached
    /// by an unknown character and starts again from 0; of two equal ways the one whose last entry is shorter wins, and a
    /// way with score 0 loses to any later one.
    /// </summary>
    TensorFlowJs,
}
