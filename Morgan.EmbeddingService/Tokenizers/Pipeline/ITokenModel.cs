namespace Morgan.EmbeddingService.Tokenizers.Pipeline;

/// <summary>The algorithm that turns pieces into ids: the object under <c>model</c> in tokenizer.json. Safe for many threads.</summary>
internal interface ITokenModel
{
    /// <summary>One more than the vocabulary's highest id.</summary>
    int VocabularySize { get; }

    /// <summary>How many tokens the vocabulary has: an added token that it lacks gets an id from here on.</summary>
    int TokenCount { get; }

    /// <summary>Appends the ids of each piece of a text.</summary>
    void Tokenize(ReadOnlySpan<char> text, ReadOnlySpan<Piece> pieces, TokenBuffer output);

    /// <summary>The id of a token of the vocabulary, or null.</summary>
    int? IdOf(string token);

    /// <summary>The token of an id, or null.</summary>
    string? TokenOf(int id);
}
