using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unicode;

/// <summary>What some code points become: a few code points each.</summary>
internal sealed class CodePointStrings
{
    private readonly CodePointMap _index;
    private readonly int[] _starts;
    private readonly int[] _pool;

    /// <param name="entries">Code points, each with what it becomes.</param>
    public CodePointStrings(IReadOnlyList<(int CodePoint, int[] To)> entries)
    {
        var index = new ushort[CodePointMap.CodePoints];
        _starts = new int[entries.Count + 2];
        _pool = [.. entries.SelectMany(entry => entry.To)];
        for (var i = 0; i < entries.Count; i++)
        {
            index[entries[i].CodePoint] = (ushort)(i + 1);
            _starts[i + 2] = _starts[i + 1] + entries[i].To.Length;
        }

        _index = new CodePointMap(index);
    }

    /// <summary>What a code point becomes, or nothing for one that stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Of(int codePoint)
    {
        var entry = _index[codePoint];
        return entry == 0 ? [] : _pool.AsSpan(_starts[entry], _starts[entry + 1] - _starts[entry]);
    }
}
