namespace Morgan.EmbeddingService.Tokenizers.Bpe;

/// <summary>Pairs that may merge, the most preferred first and of equal ones the leftmost: a heap of eight bytes for each.</summary>
internal sealed class MergeQueue
{
    private const int Children = 4;

    private ulong[] _heap = new ulong[64];
    private int _count;

    /// <summary>Empties the queue and makes room.</summary>
    public void Clear(int capacity)
    {
        _count = 0;
        if (_heap.Length < capacity)
        {
            _heap = new ulong[capacity];
        }
    }

    /// <summary>Adds a pair.</summary>
    /// <param name="rank">How preferred its merge is, 0 the most.</param>
    /// <param name="at">Where its left token stands.</param>
    public void Add(int rank, int at)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        var item = ((ulong)(uint)rank << 32) | (uint)at;
        var slot = _count++;
        for (int parent; slot > 0 && _heap[parent = (slot - 1) / Children] > item; slot = parent)
        {
            _heap[slot] = _heap[parent];
        }

        _heap[slot] = item;
    }

    /// <summary>Takes the first pair; false where there is none.</summary>
    public bool TryTake(out int rank, out int at)
    {
        if (_count == 0)
        {
            rank = at = 0;
            return false;
        }

        (rank, at) = ((int)(_heap[0] >> 32), (int)(uint)_heap[0]);
        var last = _heap[--_count];
        var slot = 0;
        while (LeastChild(slot) is var child && child < _count && _heap[child] < last)
        {
            _heap[slot] = _heap[child];
            slot = child;
        }

        _heap[slot] = last;
        return true;
    }

    private int LeastChild(int slot)
    {
        var least = (slot * Children) + 1;
        var end = Math.Min(least + Children, _count);
        for (var child = least + 1; child < end; child++)
        {
            least = _heap[child] < _heap[least] ? child : least;
        }

        return least;
    }
}
