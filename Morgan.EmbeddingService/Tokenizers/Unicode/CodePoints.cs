using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>Code points of well-formed UTF-16.</summary>
internal static class CodePoints
{
    /// <summary>The code point at a place, and how many UTF-16 code units it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        var c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length)
        {
            length = 2;
            return char.ConvertToUtf32(c, text[index + 1]);
        }

        length = 1;
        return c;
    }

    /// <summary>The first code point of a text that is not empty.</summary>
    public static int FirstOf(ReadOnlySpan<char> text) => At(text, 0, out _);

    /// <summary>The last code point of a text that is not empty.</summary>
    public static int LastOf(ReadOnlySpan<char> text) =>
        char.IsLowSurrogate(text[^1]) && text.Length > 1 ? char.ConvertToUtf32(text[^2], text[^1]) : text[^1];
}
