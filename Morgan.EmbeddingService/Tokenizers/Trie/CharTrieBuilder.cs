namespace Morgan.EmbeddingService.Tokenizers.Trie;

/// <summary>
/// Lays out a <see cref="CharTrie"/>. Time and memory are linear in the keys' characters whatever the keys are: a node
/// that finds no room among the first free slots goes to the end of the array.
/// </summary>
internal sealed class CharTrieBuilder
{
    private const int MaxTrials = 256;
    private const int NoSlot = -1;

    private readonly string[] _keys;
    private readonly int[] _values;
    private readonly ushort[] _codes = new ushort[char.MaxValue + 1];

    private CharTrie.Node[] _nodes = [];
    private int[] _nextFree = [];
    private int[] _previousFree = [];
    private int _firstFree = NoSlot;
    private int _lastFree = NoSlot;
    private int _used;

    private CharTrieBuilder(string[] keys, int[] values)
    {
        _keys = keys;
        _values = values;
    }

    /// <summary>Builds a trie.</summary>
    /// <param name="entries">Keys and their numbers, which are at least 0. The last of two equal keys counts; empty keys do not.</param>
    public static CharTrie Build(IEnumerable<KeyValuePair<string, int>> entries)
    {
        var unique = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            if (key.Length > 0)
            {
                unique[key] = value;
            }
        }

        var keys = unique.Keys.ToArray();
        var values = unique.Values.ToArray();
        Array.Sort(keys, values, StringComparer.Ordinal);
        return new CharTrieBuilder(keys, values).Build();
    }

    private CharTrie Build()
    {
        AssignCodes();
        Grow(1024);
        Take(CharTrie.Root, parent: NoSlot);

        var pending = new Stack<(int Node, int From, int To, int Depth)>();
        pending.Push((CharTrie.Root, 0, _keys.Length, 0));
        var children = new List<(char Char, int From, int To)>();
        while (pending.TryPop(out var range))
        {
            children.Clear();
            Split(range, children);
            if (children.Count == 0)
            {
                continue;
            }

            var start = FindRoom(children);
            _nodes[range.Node].Base = start;
            foreach (var child in children)
            {
                var slot = start + _codes[child.Char];
                Take(slot, range.Node);
                pending.Push((slot, child.From, child.To, range.Depth + 1));
            }
        }

        return new CharTrie(_codes, _nodes[.._used]);
    }

    /// <summary>Frequent characters get low codes, so that the children of most nodes lie close together.</summary>
    private void AssignCodes()
    {
        var counts = new int[char.MaxValue + 1];
        var seen = new List<char>();
        foreach (var key in _keys)
        {
            foreach (var c in key)
            {
                if (counts[c]++ == 0)
                {
                    seen.Add(c);
                }
            }
        }

        var code = 0;
        foreach (var c in seen.OrderByDescending(c => counts[c]).ThenBy(c => c))
        {
            _codes[c] = (ushort)++code;
        }
    }

    /// <summary>The characters that follow a prefix, in the order of their codes, each with the keys that go on with it.</summary>
    private void Split((int Node, int From, int To, int Depth) range, List<(char Char, int From, int To)> children)
    {
        var i = range.From;
        if (i < range.To && _keys[i].Length == range.Depth)
        {
            _nodes[range.Node].Value = _values[i];
            i++;
        }

        while (i < range.To)
        {
            var c = _keys[i][range.Depth];
            var from = i;
            while (i < range.To && _keys[i][range.Depth] == c)
            {
                i++;
            }

            children.Add((c, from, i));
        }

        children.Sort((a, b) => _codes[a.Char].CompareTo(_codes[b.Char]));
    }

    private int FindRoom(List<(char Char, int From, int To)> children)
    {
        var first = _codes[children[0].Char];
        var slot = _firstFree;
        for (var trial = 0; trial < MaxTrials && slot != NoSlot; trial++, slot = _nextFree[slot])
        {
            if (slot >= first && Fits(slot - first, children))
            {
                return EnsureRoom(slot - first, children);
            }
        }

        return EnsureRoom(Math.Max(0, _used - first), children);
    }

    private bool Fits(int start, List<(char Char, int From, int To)> children)
    {
        foreach (var child in children)
        {
            var slot = start + _codes[child.Char];
            if (slot < _nodes.Length && !IsFree(slot))
            {
                return false;
            }
        }

        return true;
    }

    private int EnsureRoom(int start, List<(char Char, int From, int To)> children)
    {
        var end = start + _codes[children[^1].Char] + 1;
        if (end > _nodes.Length)
        {
            Grow(Math.Max(end, _nodes.Length * 2));
        }

        return start;
    }

    private bool IsFree(int slot) => _nodes[slot].Parent == NoSlot - 1;

    private void Take(int slot, int parent)
    {
        _nodes[slot].Parent = parent;
        _used = Math.Max(_used, slot + 1);
        var (previous, next) = (_previousFree[slot], _nextFree[slot]);
        if (previous == NoSlot)
        {
            _firstFree = next;
        }
        else
        {
            _nextFree[previous] = next;
        }

        if (next == NoSlot)
        {
            _lastFree = previous;
        }
        else
        {
            _previousFree[next] = previous;
        }
    }

    private void Grow(int size)
    {
        var old = _nodes.Length;
        Array.Resize(ref _nodes, size);
        Array.Resize(ref _nextFree, size);
        Array.Resize(ref _previousFree, size);
        for (var slot = old; slot < size; slot++)
        {
            _nodes[slot] = new CharTrie.Node { Base = 0, Parent = NoSlot - 1, Value = -1 };
            _previousFree[slot] = _lastFree;
            _nextFree[slot] = NoSlot;
            if (_lastFree == NoSlot)
            {
                _firstFree = slot;
            }
            else
            {
                _nextFree[_lastFree] = slot;
            }

            _lastFree = slot;
        }
    }
}
