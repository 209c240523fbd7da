using System.Globalization;
using Morgan.EmbeddingService.Tokenizers.Pipeline;
using Morgan.EmbeddingService.Tokenizers.Unicode;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's compiled character map. Hugging Face's library looks up grapheme clusters of up to five bytes of UTF-8
/// whole, and takes the shortest entry that starts one for all of it; longer ones go character by character.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int LongestCluster = 5;

    private readonly CharsMap _map;
    private readonly bool[] _asciiChanges = new bool[128];

    /// <param name="map">The map.</param>
    public PrecompiledNormalizer(CharsMap map)
    {
        _map = map;
        for (var c = '\0'; c < _asciiChanges.Length; c++)
        {
            _asciiChanges[c] = map.TryFind([c], out _);
        }
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        var from = FirstToLookUp(text);
        if (from == text.Length)
        {
            return;
        }

        buffer.Begin();
        buffer.Append(text[..from]);
        for (var i = from; i < text.Length;)
        {
            if (text[i] < 0x80 && IsAlone(text, i))
            {
                AppendCharacter(text.Slice(i, 1), buffer);
                i++;
                continue;
            }

            var cluster = text.Slice(i, StringInfo.GetNextTextElementLength(text[i..]));
            AppendCluster(cluster, buffer);
            i += cluster.Length;
        }

        buffer.Commit();
    }

    /// <summary>The first place from which the text may change.</summary>
    private int FirstToLookUp(ReadOnlySpan<char> text)
    {
        var i = 0;
        while (i < text.Length && text[i] < 0x80 && !_asciiChanges[text[i]] && IsAlone(text, i))
        {
            i++;
        }

        return i;
    }

    /// <summary>Whether an ASCII character is a grapheme cluster by itself: nothing below U+0300 extends one, but for CR LF.</summary>
    private static bool IsAlone(ReadOnlySpan<char> text, int i) =>
        i + 1 == text.Length || (text[i + 1] < 0x300 && !(text[i] == '\r' && text[i + 1] == '\n'));

    private void AppendCluster(ReadOnlySpan<char> cluster, TextBuffer output)
    {
        if (Utf8LengthWithin(cluster, LongestCluster) && _map.TryFind(cluster, out var replacement))
        {
            output.Append(replacement);
            return;
        }

        for (var i = 0; i < cluster.Length;)
        {
            _ = CodePoints.At(cluster, i, out var length);
            AppendCharacter(cluster.Slice(i, length), output);
            i += length;
        }
    }

    private void AppendCharacter(ReadOnlySpan<char> character, TextBuffer output) =>
        output.Append(_map.TryFind(character, out var replacement) ? replacement : character);

    private static bool Utf8LengthWithin(ReadOnlySpan<char> text, int most)
    {
        var bytes = 0;
        foreach (var c in text)
        {
            bytes += c < 0x80 ? 1 : c < 0x800 || char.IsSurrogate(c) ? 2 : 3;
            if (bytes > most)
            {
                return false;
            }
        }

        return true;
    }
}
