namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>The switches of BertNormalizer.</summary>
/// <param name="CleanText">Whether control characters go and white space becomes a space.</param>
/// <param name="HandleChineseChars">Whether a space goes on either side of a Chinese character.</param>
/// <param name="StripAccents">Whether text is decomposed and its non-spacing marks go.</param>
/// <param name="Lowercase">Whether text is lowered.</param>
internal sealed record BertNormalizerOptions(bool CleanText, bool HandleChineseChars, bool StripAccents, bool Lowercase);
