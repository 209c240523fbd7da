namespace Morgan.EmbeddingService.Tokenizers.Loading;

/// <summary>A piece of a SentencePiece vocabulary.</summary>
/// <param name="Text">What it looks like.</param>
/// <param name="Score">Unigram: the logarithm of its probability. BPE: the higher, the earlier it merges.</param>
/// <param name="Type">What it stands for.</param>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceType Type);
