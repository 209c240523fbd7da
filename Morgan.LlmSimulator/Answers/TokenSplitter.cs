using System.Globalization;
using System.Text;

namespace Morgan.LlmSimulator.Answers;

/// <summary>
/// The simulator's idea of a token: a run of up to eight letters or digits of an alphabet, with the space before it;
/// any other character alone, a CJK character too. Joined, the tokens are the text again.
/// </summary>
internal static class TokenSplitter
{
    private const int MaxRun = 8;

    /// <summary>How many tokens a text has.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (!text.IsEmpty)
        {
            text = text[NextLength(text)..];
            count++;
        }

        return count;
    }

    /// <summary>Appends a text's tokens.</summary>
    public static void Split(string text, List<string> tokens)
    {
        for (int start = 0; start < text.Length;)
        {
            int length = NextLength(text.AsSpan(start));
            tokens.Add(text.Substring(start, length));
            start += length;
        }
    }

    private static int NextLength(ReadOnlySpan<char> text)
    {
        int start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        int length = start;
        for (int run = 0; length < text.Length && run < MaxRun; run++)
        {
            Rune.DecodeFromUtf16(text[length..], out var rune, out int consumed);
            if (!IsPartOfWord(rune))
            {
                // A character that starts no word is a token of its own, with the space before it if there was one.
                return run == 0 ? length + consumed : length;
            }

            length += consumed;
        }

        return length;
    }

    private static bool IsPartOfWord(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark;
}
