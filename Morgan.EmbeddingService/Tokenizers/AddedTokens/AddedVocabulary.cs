using System.Collections.Frozen;
using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.AddedTokens;

/// <summary>The added tokens of a tokenizer. Immutable.</summary>
internal sealed class AddedVocabulary
{
    private readonly FrozenDictionary<int, AddedToken> _byId;
    private readonly INormalizer? _normalizer;

    /// <param name="tokens">The tokens. Of several with one id the last counts.</param>
    /// <param name="normalizer">What normalized tokens go through, as the text does.</param>
    public AddedVocabulary(IEnumerable<AddedToken> tokens, INormalizer? normalizer)
    {
        var byId = new Dictionary<int, AddedToken>();
        foreach (var token in tokens)
        {
            byId[token.Id] = token;
        }

        _byId = byId.ToFrozenDictionary();
        _normalizer = normalizer;
        HighestId = byId.Count == 0 ? -1 : byId.Keys.Max();
    }

    /// <summary>No added tokens.</summary>
    public static AddedVocabulary Empty { get; } = new([], null);

    /// <summary>The highest id, -1 where there is none.</summary>
    public int HighestId { get; }

    /// <summary>The text of an added token, or null for an id that is none.</summary>
    public string? TokenOf(int id) => _byId.GetValueOrDefault(id)?.Content;

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => _byId.GetValueOrDefault(id)?.Special ?? false;

    /// <summary>What finds the tokens that are looked for before, or after, normalizing; null where there are none.</summary>
    public AddedTokenFinder? FinderFor(bool normalized)
    {
        var patterns = new List<KeyValuePair<string, AddedToken>>();
        foreach (var token in _byId.Values)
        {
            if (token.Normalized == normalized)
            {
                patterns.Add(new(normalized ? Normalize(token.Content) : token.Content, token));
            }
        }

        patterns.RemoveAll(pattern => pattern.Key.Length == 0);
        return patterns.Count == 0 ? null : new AddedTokenFinder(patterns);
    }

    private string Normalize(string content)
    {
        var buffer = new TextBuffer();
        buffer.Load(content, atOrigin: true);
        _normalizer?.Normalize(buffer);
        return new string(buffer.Text);
    }
}
