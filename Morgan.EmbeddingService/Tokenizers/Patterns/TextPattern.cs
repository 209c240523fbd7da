using System.Globalization;
using System.Text.RegularExpressions;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Patterns;

/// <summary>
/// A regular expression of a tokenizer.json, run over code points with the library's own character classes. .NET matches
/// UTF-16 code units by the runtime's Unicode version; so each character that the pattern does not name itself is replaced,
/// for matching, by one that stands for its category. Safe for many threads.
/// </summary>
internal sealed class TextPattern
{
    /// <summary>Far more than matching a text of megabytes takes: it ends what a pattern of exponential cost would not.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly char[] Representatives = FindRepresentatives();

    private readonly Regex _regex;
    private readonly IReadOnlyList<(char First, char Last)> _literals;
    private readonly bool _foldsCase;
    private readonly bool _asksForWords;

    /// <param name="pattern">The pattern, in Oniguruma's syntax.</param>
    /// <exception cref="NotSupportedException">It uses something that is not supported; the message says what.</exception>
    public TextPattern(string pattern)
    {
        var translated = PatternTranslator.Translate(pattern, out _literals);
        _foldsCase = translated.Contains("(?i:", StringComparison.Ordinal);
        _asksForWords = translated.Contains($"\\u{(int)PatternTranslator.WordSymbol:X4}", StringComparison.Ordinal);
        try
        {
            _regex = new Regex(translated, RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout);
        }
        catch (ArgumentException e)
        {
            throw new NotSupportedException($"the pattern {pattern} is not supported: {e.Message}", e);
        }
    }

    /// <summary>Finds the matches in a text, from left to right.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scratch">Memory of the caller's for it.</param>
    public PatternMatches Matches(ReadOnlySpan<char> text, PatternScratch scratch)
    {
        if (text.IndexOfAnyExceptInRange('\0', '\u00FF') < 0)
        {
            return new PatternMatches(_regex.EnumerateMatches(text), []);
        }

        var length = 0;
        var (standIns, places) = scratch.Reserve(text.Length + 1);
        for (var i = 0; i < text.Length;)
        {
            places[length] = i;
            standIns[length++] = StandInFor(CodePoints.At(text, i, out var units));
            i += units;
        }

        places[length] = text.Length;
        return new PatternMatches(_regex.EnumerateMatches(standIns.AsSpan(0, length)), places);
    }

    private char StandInFor(int codePoint)
    {
        if (codePoint <= 0xFF || (codePoint <= char.MaxValue && IsLiteral((char)codePoint)))
        {
            return (char)codePoint;
        }

        if (_foldsCase && codePoint is 0x17F or 0x212A)
        {
            // Long s and the Kelvin sign fold to ASCII letters.
            return codePoint == 0x17F ? 's' : 'K';
        }

        var category = CharClasses.Category(codePoint);
        return _asksForWords && category == UnicodeCategory.OtherSymbol && CharClasses.IsRegexWord(codePoint)
            ? PatternTranslator.WordSymbol
            : Representatives[(int)category];
    }

    private bool IsLiteral(char c)
    {
        foreach (var (first, last) in _literals)
        {
            if (c >= first && c <= last)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For each category a character past Latin-1 that the runtime puts there too.</summary>
    private static char[] FindRepresentatives()
    {
        var representatives = new char[30];
        for (var c = char.MaxValue; c > '\u00FF'; c--)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(c);
            if (c != PatternTranslator.WordSymbol && category == CharClasses.Category(c))
            {
                representatives[(int)category] = c;
            }
        }

        return representatives;
    }
}
