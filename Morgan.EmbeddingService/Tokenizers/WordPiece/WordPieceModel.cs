using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.WordPiece;

/// <summary>
/// WordPiece (the BERT family): a word is cut from the left into the longest tokens that the vocabulary has, those after
/// the first with a prefix such as "##"; a word that cannot be cut is one unknown token.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly TokenVocabulary _vocabulary;
    private readonly int _unknownId;
    private readonly int _maxWordLength;
    private readonly int _continuation;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="unknownId">The id of a word that cannot be cut.</param>
    /// <param name="continuingPrefix">What tokens inside a word start with.</param>
    /// <param name="maxWordLength">The most characters of a word; a longer one is unknown.</param>
    public WordPieceModel(TokenVocabulary vocabulary, int unknownId, string continuingPrefix, int maxWordLength)
    {
        _vocabulary = vocabulary;
        _unknownId = unknownId;
        _maxWordLength = maxWordLength;
        _continuation = vocabulary.Trie.Walk(continuingPrefix);
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
            var word = text.Slice(piece.Start, piece.Length);
            var first = output.Count;
            if (IsTooLong(word) || !TryCut(word, output))
            {
                output.RemoveRange(first, output.Count - first);
                output.Add(_unknownId);
            }
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= _maxWordLength)
        {
            return false;
        }

        var characters = 0;
        for (var i = 0; i < word.Length && characters <= _maxWordLength; i += char.IsHighSurrogate(word[i]) ? 2 : 1)
        {
            characters++;
        }

        return characters > _maxWordLength;
    }

    private bool TryCut(ReadOnlySpan<char> word, TokenBuffer output)
    {
        var trie = _vocabulary.Trie;
        var node = CharTrie.Root;
        while (!word.IsEmpty)
        {
            var id = trie.LongestPrefix(node, word, out var length);
            if (id < 0)
            {
                return false;
            }

            output.Add(id);
            word = word[length..];
            node = _continuation;
        }

        return true;
    }
}
