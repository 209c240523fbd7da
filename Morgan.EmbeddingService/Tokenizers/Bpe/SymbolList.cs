namespace Morgan.EmbeddingService.Tokenizers.Bpe;

/// <summary>The tokens of one piece while they merge: a linked list in arrays that a thread keeps.</summary>
internal sealed class SymbolList
{
    private const int LargestKept = 1 << 14;
    private const int ShortPiece = 24;
    private const int End = -1;

    [ThreadStatic]
    private static SymbolList? _kept;

    private readonly MergeQueue _queue = new();
    private int[] _ids = new int[256];
    private int[] _next = new int[256];
    private int[] _previous = new int[256];
    private long[] _merges = new long[256];
    private int _count;

    /// <summary>Takes the thread's list, or makes one.</summary>
    public static SymbolList Rent()
    {
        var list = _kept ?? new SymbolList();
        _kept = null;
        return list;
    }

    /// <summary>Gives a list back to the thread, unless a long text made it large.</summary>
    public static void Return(SymbolList list)
    {
        if (list._ids.Length <= LargestKept)
        {
            _kept = list;
        }
    }

    /// <summary>Starts with a new piece.</summary>
    /// <param name="capacity">How many tokens it may start as.</param>
    public void Start(int capacity)
    {
        _count = 0;
        if (_ids.Length < capacity)
        {
            _ids = new int[capacity];
            _next = new int[capacity];
            _previous = new int[capacity];
            _merges = new long[capacity];
        }
    }

    /// <summary>Appends a token.</summary>
    public void Add(int id) => _ids[_count++] = id;

    /// <summary>Merges as long as a pair does, the most preferred first and of equal ones the leftmost, and appends what is left.</summary>
    public void MergeInto(MergeTable table, TokenBuffer output)
    {
        if (_count <= ShortPiece)
        {
            MergeShort(table);
            output.Add(_ids.AsSpan(0, _count));
            return;
        }

        MergeLong(table);
        for (var at = 0; at != End; at = _next[at])
        {
            output.Add(_ids[at]);
        }
    }

    /// <summary>Looks for the best pair anew each time: quicker than a queue while there are few.</summary>
    private void MergeShort(MergeTable table)
    {
        var ids = _ids;
        var merges = _merges;
        for (var i = 0; i + 1 < _count; i++)
        {
            merges[i] = table.Find(ids[i], ids[i + 1]);
        }

        while (_count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < _count; i++)
            {
                best = merges[i] < merges[best] ? i : best;
            }

            if (merges[best] == MergeTable.None)
            {
                return;
            }

            ids[best] = (int)merges[best];
            _count--;
            for (var i = best + 1; i < _count; i++)
            {
                ids[i] = ids[i + 1];
                merges[i] = merges[i + 1];
            }

            if (best + 1 < _count)
            {
                merges[best] = table.Find(ids[best], ids[best + 1]);
            }

            if (best > 0)
            {
                merges[best - 1] = table.Find(ids[best - 1], ids[best]);
            }
        }
    }

    private void MergeLong(MergeTable table)
    {
        _queue.Clear(_count);
        for (var i = 0; i < _count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1 < _count ? i + 1 : End;
        }

        for (var i = 0; i < _count; i++)
        {
            Enqueue(table, i);
        }

        while (_queue.TryTake(out var rank, out var at))
        {
            // An entry is stale once one of its two tokens has merged otherwise.
            if ((int)(_merges[at] >> 32) != rank)
            {
                continue;
            }

            var right = _next[at];
            _ids[at] = (int)_merges[at];
            _next[at] = _next[right];
            _merges[right] = MergeTable.None;
            if (_next[at] != End)
            {
                _previous[_next[at]] = at;
            }

            Enqueue(table, at);
            if (_previous[at] != End)
            {
                Enqueue(table, _previous[at]);
            }
        }
    }

    private void Enqueue(MergeTable table, int at)
    {
        _merges[at] = _next[at] == End ? MergeTable.None : table.Find(_ids[at], _ids[_next[at]]);
        if (_merges[at] != MergeTable.None)
        {
            _queue.Add((int)(_merges[at] >> 32), at);
        }
    }
}
