using System.Globalization;
using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>Classes of code points as Hugging Face's library tells them apart.</summary>
internal static class CharClasses
{
    /// <summary>Unicode's White_Space, which no code point outside the basic plane has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWhiteSpace(char c) => char.IsWhiteSpace(c);

    /// <summary>What <c>\w</c> matches.</summary>
    public static bool IsWord(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) is
        <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
