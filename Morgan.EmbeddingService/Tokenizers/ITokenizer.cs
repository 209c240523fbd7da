namespace Morgan.EmbeddingService.Tokenizers;

/// <summary>
/// Turns text into the token ids of one vocabulary, id for id what Hugging Face's tokenizers library gives for the same
/// files. Safe for use by many threads at once; encoding allocates nothing per token.
/// </summary>
internal interface ITokenizer
{
    /// <summary>One more than the highest id that <see cref="Encode"/> can give: an id from outside is valid below it.</summary>
    int VocabularySize { get; }

    /// <summary>The id that fills up a batch, 0 where the files name none. Padded positions are masked, so its value is harmless.</summary>
    int PadId { get; }

    /// <summary>
    /// The longest sequence, special tokens included, that the tokenizer's own files allow (tokenizer_config.json's
    /// <c>model_max_length</c>, else tokenizer.json's truncation), or null where they set none.
    /// </summary>
    int? MaxTokens { get; }

    /// <summary>How many special tokens <see cref="Encode"/> puts around every text, 0 for a model without them.</summary>
    int SpecialTokenCount { get; }

    /// <summary>SHA-256, in lower-case hexadecimal, over the bytes of the files that define the tokenizer.</summary>
    string Fingerprint { get; }

    /// <summary>Appends the ids of a text to a buffer.</summary>
    /// <param name="text">Any text. A lone surrogate counts as U+FFFD, as it does on its way through UTF-8.</param>
    /// <param name="output">Where the ids go, after those that it holds already.</param>
    /// <param name="maxTokens">
    /// How many ids to append at most, special tokens included; they are kept and the text is cut, on the side that the
    /// files name (right unless they say left). At least 0; <see cref="int.MaxValue"/> cuts nothing.
    /// </param>
    /// <param name="addSpecialTokens">Whether the special tokens of the model go around the text.</param>
    /// <returns>
    /// The number of ids, special tokens included, that the whole text has. It is more than were appended exactly when
    /// the text was cut.
    /// </returns>
    int Encode(ReadOnlySpan<char> text, TokenBuffer output, int maxTokens, bool addSpecialTokens = true);

    /// <summary>The piece of text that an id stands for, as the vocabulary writes it, or null for an id that it does not have.</summary>
    string? TokenOf(int id);

    /// <summary>Whether an id is one of the special tokens, such as <c>[CLS]</c>.</summary>
    bool IsSpecial(int id);
}
