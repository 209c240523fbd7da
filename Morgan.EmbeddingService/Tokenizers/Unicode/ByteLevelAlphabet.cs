using Morgan.EmbeddingService.Tokenizers.Pipeline;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>
/// GPT-2's alphabet of 256 visible characters, one for each byte: printable Latin-1 stands for itself, the other bytes get
/// the characters from U+0100 on, in order (a space is U+0120, "Ġ").
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly string OfByte = Make();

    /// <summary>The characters by byte.</summary>
    public static ReadOnlySpan<char> Characters => OfByte;

    /// <summary>Appends the characters for the bytes of a text's UTF-8.</summary>
    public static void Append(ReadOnlySpan<char> text, TextBuffer output)
    {
        var ofByte = OfByte;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80)
            {
                output.Append(ofByte[c]);
                continue;
            }

            var codePoint = CodePoints.At(text, i, out var length);
            i += length - 1;
            if (codePoint < 0x800)
            {
                output.Append(ofByte[0xC0 | (codePoint >> 6)]);
            }
            else
            {
                if (codePoint < 0x10000)
                {
                    output.Append(ofByte[0xE0 | (codePoint >> 12)]);
                }
                else
                {
                    output.Append(ofByte[0xF0 | (codePoint >> 18)]);
                    output.Append(ofByte[0x80 | ((codePoint >> 12) & 0x3F)]);
                }

                output.Append(ofByte[0x80 | ((codePoint >> 6) & 0x3F)]);
            }

            output.Append(ofByte[0x80 | (codePoint & 0x3F)]);
        }
    }

    private static string Make()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < characters.Length; value++)
        {
            characters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        }

        return new string(characters);
    }
}
