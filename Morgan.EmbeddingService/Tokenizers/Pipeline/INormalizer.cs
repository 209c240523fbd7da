namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>A step that rewrites text before it is split: one object under <c>normalizer</c> in tokenizer.json.</summary>
internal interface INormalizer
{
    /// <summary>Rewrites the text in its buffer.</summary>
    void Normalize(TextBuffer buffer);
}
