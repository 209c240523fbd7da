namespace Morgan.EmbeddingService.Tokenizers.Trie;

/// <summary>A vocabulary that names its ids: the <c>vocab</c> object of WordPiece, BPE and WordLevel. Immutable.</summary>
internal sealed class TokenVocabulary
{
    private readonly IReadOnlyDictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens;

    /// <param name="ids">The id of each token.</param>
    public TokenVocabulary(IReadOnlyDictionary<string, int> ids)
    {
        _ids = ids;
        _tokens = new Dictionary<int, string>(ids.Count);
        foreach (var (token, id) in ids)
        {
            _tokens[id] = token;
            Size = Math.Max(Size, id + 1);
        }

        Trie = CharTrieBuilder.Build(ids);
    }

    /// <summary>One more than the highest id.</summary>
    public int Size { get; }

    /// <summary>How many tokens there are.</summary>
    public int Count => _ids.Count;

    /// <summary>Every token that is not empty.</summary>
    public CharTrie Trie { get; }

    /// <summary>The tokens and their ids.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The token of an id, or null.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);
}
