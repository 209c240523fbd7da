using System.Globalization;
using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>Classes of code points as the parts of Hugging Face's library tell them apart.</summary>
internal static class CharClasses
{
    private const int CategoryMask = 0x1F;
    private const int Word = 1 << 5;
    private const int RegexWord = 1 << 6;
    private const int Numeric = 1 << 7;
    private const int BertPunctuation = 1 << 8;
    private const int BertControl = 1 << 9;
    private const int NonSpacingMark = 1 << 10;
    private const int Mark = 1 << 11;

    private static readonly CodePointMap Flags = UnicodeTables.Instance.Flags;

    /// <summary>Unicode's White_Space, which no code point outside the basic plane has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWhiteSpace(char c) => char.IsWhiteSpace(c);

    /// <summary>The general category that a pattern's <c>\p{…}</c> goes by.</summary>
    public static UnicodeCategory Category(int codePoint) => (UnicodeCategory)(Flags[codePoint] & CategoryMask);

    /// <summary>What <c>\w</c> matches for the Whitespace pre-tokenizer and for added tokens.</summary>
    public static bool IsWord(int codePoint) => (Flags[codePoint] & Word) != 0;

    /// <summary>What <c>\w</c> matches in a pattern of Split or Replace.</summary>
    public static bool IsRegexWord(int codePoint) => (Flags[codePoint] & RegexWord) != 0;

    /// <summary>What the Digits pre-tokenizer splits at: numbers of every kind.</summary>
    public static bool IsNumeric(int codePoint) => (Flags[codePoint] & Numeric) != 0;

    /// <summary>Punctuation for BertPreTokenizer and Punctuation: Unicode's, and ASCII's symbols.</summary>
    public static bool IsPunctuation(int codePoint) => (Flags[codePoint] & BertPunctuation) != 0;

    /// <summary>What BertNormalizer takes out when it cleans text.</summary>
    public static bool IsBertControl(int codePoint) => (Flags[codePoint] & BertControl) != 0;

    /// <summary>What BertNormalizer takes out when it strips accents.</summary>
    public static bool IsNonSpacingMark(int codePoint) => (Flags[codePoint] & NonSpacingMark) != 0;

    /// <summary>What StripAccents takes out.</summary>
    public static bool IsMark(int codePoint) => (Flags[codePoint] & Mark) != 0;
}
