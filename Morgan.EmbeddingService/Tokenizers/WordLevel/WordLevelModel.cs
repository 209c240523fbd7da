using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.WordLevel;

/// <summary>WordLevel: a piece is a token of the vocabulary, or unknown.</summary>
internal sealed class WordLevelModel : ITokenModel
{
    private readonly TokenVocabulary _vocabulary;
    private readonly int _unknownId;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="unknownId">The id of any other piece.</param>
    public WordLevelModel(TokenVocabulary vocabulary, int unknownId)
    {
        _vocabulary = vocabulary;
        _unknownId = unknownId;
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Size;

    /// <inheritdoc/>
    public int TokenCount => _vocabulary.Count;

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <inheritdoc/>
    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> text, ReadOnlySpan<Piece> pieces, TokenBuffer output)
    {
        foreach (var piece in pieces)
        {
            var id = _vocabulary.Trie.Find(text.Slice(piece.Start, piece.Length));
            output.Add(id >= 0 ? id : _unknownId);
        }
    }
}
