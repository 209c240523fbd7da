using System.Buffers.Binary;
using System.Text;

namespace Morgan.EmbeddingService.Tokenizers.Normalizers;

/// <summary>
/// A <c>precompiled_charsmap</c>: the length of a Darts double array (32 bits, little endian), the array over bytes of
/// UTF-8, then the replacements, each ended by a zero byte; the array's values are places among them.
/// </summary>
internal sealed class CharsMap
{
    private readonly uint[] _units;
    private readonly char[] _replacements;
    private readonly int[] _places;

    private CharsMap(uint[] units, ReadOnlySpan<byte> replacements)
    {
        _units = units;
        _replacements = new char[Encoding.UTF8.GetCharCount(replacements)];
        _places = new int[replacements.Length];
        _places.AsSpan().Fill(-1);
        for (int at = 0, written = 0; at < replacements.Length;)
        {
            _places[at] = written;
            _ = Rune.DecodeFromUtf8(replacements[at..], out var rune, out var consumed);
            written += rune.EncodeToUtf16(_replacements.AsSpan(written));
            at += consumed;
        }
    }

    /// <summary>Reads the bytes.</summary>
    /// <exception cref="InvalidDataException">They are not such a map.</exception>
    public static CharsMap Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var size && (size % 4 != 0 || size == 0 || size > bytes.Length - 4))
        {
            throw new InvalidDataException("is not a compiled character map");
        }

        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 + (4 * i))..]);
        }

        return new CharsMap(units, bytes[(4 + (int)size)..]);
    }

    /// <summary>The replacement of the shortest entry that a text starts with.</summary>
    public bool TryFind(ReadOnlySpan<char> text, out ReadOnlySpan<char> replacement)
    {
        replacement = default;
        var unit = _units[0];
        var node = OffsetOf(unit);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                node ^= b;
                if (b == 0 || node >= (uint)_units.Length || LabelOf(unit = _units[node]) != b)
                {
                    return false;
                }

                node ^= OffsetOf(unit);
                if (HasLeaf(unit))
                {
                    return TryRead(node, out replacement);
                }
            }
        }

        return false;
    }

    private bool TryRead(uint leaf, out ReadOnlySpan<char> replacement)
    {
        var place = leaf < (uint)_units.Length ? _units[leaf] & 0x7FFFFFFF : uint.MaxValue;
        if (place >= (uint)_places.Length || _places[place] < 0)
        {
            replacement = default;
            return false;
        }

        var rest = _replacements.AsSpan(_places[place]);
        var end = rest.IndexOf('\0');
        replacement = end < 0 ? rest : rest[..end];
        return true;
    }

    // The bits of a Darts-clone unit: offset above 10, bit 9 shifts the offset by 8 more, bit 8 says that a leaf follows,
    // the label below; bit 31 marks a leaf itself.
    private static uint OffsetOf(uint unit) => (unit >> 10) << (int)((unit & (1 << 9)) >> 6);

    private static uint LabelOf(uint unit) => unit & ((1u << 31) | 0xFF);

    private static bool HasLeaf(uint unit) => ((unit >> 8) & 1) == 1;
}
