using System.Buffers;
using Morgan.EmbeddingService.Tokenizers.Trie;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.AddedTokens;

/// <summary>Finds added tokens in a text from left to right, the longest of those that start at one place.</summary>
internal sealed class AddedTokenFinder
{
    private readonly CharTrie _trie;
    private readonly SearchValues<char> _firstChars;
    private readonly AddedToken[] _tokens;

    /// <param name="patterns">What to look for, and the token that it is.</param>
    public AddedTokenFinder(IReadOnlyList<KeyValuePair<string, AddedToken>> patterns)
    {
        _tokens = [.. patterns.Select(pattern => pattern.Value)];
        _trie = CharTrieBuilder.Build(patterns.Select((pattern, index) => new KeyValuePair<string, int>(pattern.Key, index)));
        _firstChars = SearchValues.Create([.. patterns.Select(pattern => pattern.Key[0]).Distinct()]);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look on; moved behind what was found.</param>
    /// <param name="done">The end of the match before: white space that it took is not taken again.</param>
    /// <param name="match">What was found.</param>
    /// <returns>Whether there is one.</returns>
    public bool Next(ReadOnlySpan<char> text, ref int from, int done, out AddedTokenMatch match)
    {
        while (from < text.Length)
        {
            var next = text[from..].IndexOfAny(_firstChars);
            if (next < 0)
            {
                break;
            }

            var start = from + next;
            var index = _trie.LongestPrefix(text[start..], out var length);
            if (index < 0)
            {
                from = start + 1;
                continue;
            }

            from = start + length;
            if (Accept(text, _tokens[index], start, from, done, out match))
            {
                return true;
            }
        }

        from = text.Length;
        match = default;
        return false;
    }

    private static bool Accept(ReadOnlySpan<char> text, AddedToken token, int start, int end, int done, out AddedTokenMatch match)
    {
        if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
        {
            match = default;
            return false;
        }

        while (token.StripLeft && start > done && CharClasses.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (token.StripRight && end < text.Length && CharClasses.IsWhiteSpace(text[end]))
        {
            end++;
        }

        match = new AddedTokenMatch(start, end, token.Id);
        return true;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) => !text.IsEmpty && CharClasses.IsWord(CodePoints.LastOf(text));

    private static bool StartsWithWord(ReadOnlySpan<char> text) => !text.IsEmpty && CharClasses.IsWord(CodePoints.FirstOf(text));
}
