using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>A number for each of the 1,114,112 code points, in blocks of 128 of which equal ones are stored once.</summary>
internal sealed class CodePointMap
{
    /// <summary>How many code points there are.</summary>
    public const int CodePoints = 0x110000;

    private const int BlockBits = 7;
    private const int BlockSize = 1 << BlockBits;

    private readonly ushort[] _blocks = new ushort[CodePoints >> BlockBits];
    private readonly ushort[] _values;

    /// <param name="values">The number of each code point.</param>
    public CodePointMap(ReadOnlySpan<ushort> values)
    {
        var stored = new List<ushort>();
        var known = new Dictionary<ulong, List<int>>();
        for (var block = 0; block < _blocks.Length; block++)
        {
            var content = values.Slice(block << BlockBits, BlockSize);
            _blocks[block] = (ushort)Place(content, stored, known);
        }

        _values = [.. stored];
    }

    /// <summary>The number of a code point below <see cref="CodePoints"/>.</summary>
    public ushort this[int codePoint]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values[(_blocks[codePoint >> BlockBits] << BlockBits) | (codePoint & (BlockSize - 1))];
    }

    private static int Place(ReadOnlySpan<ushort> content, List<ushort> stored, Dictionary<ulong, List<int>> known)
    {
        var hash = 0UL;
        foreach (var value in content)
        {
            hash = (hash * 0x9E3779B97F4A7C15) + value + 1;
        }

        if (!known.TryGetValue(hash, out var candidates))
        {
            known[hash] = candidates = [];
        }

        foreach (var candidate in candidates)
        {
            if (content.SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stored).Slice(candidate << BlockBits, BlockSize)))
            {
                return candidate;
            }
        }

        var index = stored.Count >> BlockBits;
        foreach (var value in content)
        {
            stored.Add(value);
        }

        candidates.Add(index);
        return index;
    }
}
