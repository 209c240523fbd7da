namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>A step that splits text into pieces: one object under <c>pre_tokenizer</c> in tokenizer.json.</summary>
internal interface IPreTokenizer
{
    /// <summary>Splits each piece further.</summary>
    void Split(PieceBuffer pieces);
}
