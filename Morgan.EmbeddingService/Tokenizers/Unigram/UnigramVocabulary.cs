using System.Globalization;
using Morgan.EmbeddingService.Tokenizers.Trie;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>The entries of a Unigram model: a token's id is its place. Immutable.</summary>
internal sealed class UnigramVocabulary
{
    /// <summary>What SentencePiece writes for a space.</summary>
    public const char Mark = '\u2581';

    /// <summary>How much worse than the worst entry an unknown character is (SentencePiece's kUnkPenalty).</summary>
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _ids;

    /// <param name="tokens">The entries. Of equal ones the last counts.</param>
    /// <param name="scores">Their scores (logarithms of probabilities).</param>
    /// <param name="unknownId">The id of unknown text.</param>
    /// <param name="byteFallback">Whether unknown text becomes its UTF-8 bytes, tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</param>
    /// <param name="rule">How paths compare.</param>
    /// <param name="isMatched">Which ids text can become; null for all.</param>
    public UnigramVocabulary(
        string[] tokens, double[] scores, int unknownId, bool byteFallback, PathRule rule = PathRule.SentencePiece, Func<int, bool>? isMatched = null)
    {
        Rule = rule;
        Tokens = tokens;
        Scores = scores;
        UnknownId = unknownId;
        UnknownScore = rule == PathRule.TensorFlowJs ? 0 : scores.Min() - UnknownPenalty;
        _ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Length; id++)
        {
            _ids[tokens[id]] = id;
        }

        Trie = CharTrieBuilder.Build(isMatched is null ? _ids : _ids.Where(entry => isMatched(entry.Value)));
        MarksStartWords = tokens.All(token => token.LastIndexOf(Mark) <= 0);
        ByteIds = byteFallback
            ? [.. Enumerable.Range(0, 256).Select(value => IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) ?? -1)]
            : null;
    }

    /// <summary>How paths compare.</summary>
    public PathRule Rule { get; }

    /// <summary>The entries by id.</summary>
    public string[] Tokens { get; }

    /// <summary>The scores by id.</summary>
    public double[] Scores { get; }

    /// <summary>The id of unknown text.</summary>
    public int UnknownId { get; }

    /// <summary>The score of an unknown character.</summary>
    public double UnknownScore { get; }

    /// <summary>The entries that text can become.</summary>
    public CharTrie Trie { get; }

    /// <summary>Whether no entry has a <see cref="Mark"/> anywhere but at its start.</summary>
    public bool MarksStartWords { get; }

    /// <summary>The id of each byte, -1 for one that the vocabulary lacks; null without byte fallback.</summary>
    public int[]? ByteIds { get; }

    /// <summary>The id of an entry, or null.</summary>
    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;
}
