namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>A part of a text that the model tokenizes by itself: a word, usually.</summary>
/// <param name="Start">Its first character's place.</param>
/// <param name="Length">Its length in UTF-16 code units.</param>
internal readonly record struct Piece(int Start, int Length);
