using System.Numerics;
using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Bpe;

/// <summary>Which pairs of tokens merge, in what order of preference, into what. Immutable.</summary>
internal sealed class MergeTable
{
    /// <summary>What <see cref="Find"/> gives for a pair that does not merge: greater than any merge.</summary>
    public const long None = long.MaxValue;

    private const ulong Empty = ulong.MaxValue;

    private readonly Entry[] _entries;
    private readonly int _shift;

    /// <param name="merges">Left and right token and the one that they make, the most preferred first. Of equal pairs the last counts.</param>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2));
        _shift = 64 - BitOperations.Log2(size);
        _entries = new Entry[size];
        _entries.AsSpan().Fill(new Entry(Empty, None));
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right, merged) = merges[rank];
            var key = KeyOf(left, right);
            var slot = SlotOf(key);
            while (_entries[slot].Key != Empty && _entries[slot].Key != key)
            {
                slot = (slot + 1) & (_entries.Length - 1);
            }

            _entries[slot] = new Entry(key, ((long)rank << 32) | (uint)merged);
        }
    }

    /// <summary>
    /// The merge of a pair, as a number that is lower the more the merge is preferred and whose lower 32 bits are the
    /// token that comes of it; or <see cref="None"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Find(int left, int right)
    {
        var key = KeyOf(left, right);
        var entries = _entries;
        for (var slot = SlotOf(key); (uint)slot < (uint)entries.Length; slot = (slot + 1) & (entries.Length - 1))
        {
            var entry = entries[slot];
            if (entry.Key == key)
            {
                return entry.Merge;
            }

            if (entry.Key == Empty)
            {
                break;
            }
        }

        return None;
    }

    private static ulong KeyOf(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int SlotOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);

    private readonly record struct Entry(ulong Key, long Merge);
}
