using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>
/// The best way to each place of a piece of text that is still undecided. Places count from the last decided one, so the
/// memory follows the longest stretch without a certain cut, not the length of the text.
/// </summary>
internal sealed class UnigramLattice
{
    private const int LargestKept = 1 << 14;
    private const int Unreached = -1;

    [ThreadStatic]
    private static UnigramLattice? _kept;

    private Node[] _nodes = new Node[256];
    private int _origin;
    private bool _laterWins;

    /// <summary>The furthest place that an entry reaches.</summary>
    public int Reach { get; private set; }

    /// <summary>Takes the thread's lattice, or makes one.</summary>
    public static UnigramLattice Rent()
    {
        var lattice = _kept ?? new UnigramLattice();
        _kept = null;
        return lattice;
    }

    /// <summary>Gives a lattice back to the thread, unless a long text made it large.</summary>
    public static void Return(UnigramLattice lattice)
    {
        if (lattice._nodes.Length <= LargestKept)
        {
            _kept = lattice;
        }
    }

    /// <summary>Starts with a new piece of text.</summary>
    public void Start(PathRule rule)
    {
        _laterWins = rule == PathRule.TensorFlowJs;
        _nodes[0] = new Node { Score = 0, Previous = Unreached };
        _origin = 0;
        Reach = 0;
    }

    /// <summary>The score of the best way to a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ScoreAt(int place) => _nodes[place - _origin].Score;

    /// <summary>Whether a way to a place is known.</summary>
    public bool IsReached(int place) => place <= Reach && _nodes[place - _origin].Previous != Unreached;

    /// <summary>Takes a way from one place to another, if it is the first or the better one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(int from, int to, double score, int id)
    {
        if (to > Reach)
        {
            Extend(to);
        }

        ref var node = ref _nodes[to - _origin];
        if (node.Previous == Unreached || score > node.Score || (_laterWins && (score == node.Score || node.Score == 0)))
        {
            node.Score = score;
            node.Previous = from - _origin;
            node.Id = id;
        }
    }

    /// <summary>Turns the best way to a place round, so that <see cref="Next"/> can walk it from where this returns.</summary>
    public int LinkForward(int end)
    {
        var at = end - _origin;
        while (at > 0)
        {
            var previous = _nodes[at].Previous;
            _nodes[previous].Next = at;
            at = previous;
        }

        return _origin;
    }

    /// <summary>The place after one on the way that <see cref="LinkForward"/> turned, and the id of the entry between.</summary>
    public int Next(int place, out int id)
    {
        var next = _nodes[place - _origin].Next;
        id = _nodes[next].Id;
        return next + _origin;
    }

    /// <summary>Makes a decided place the new start; its score goes on, so that sums round as they do over the whole text.</summary>
    public void RestartAt(int place)
    {
        _nodes[0] = new Node { Score = _nodes[place - _origin].Score, Previous = Unreached };
        _origin = place;
        Reach = place;
    }

    private void Extend(int to)
    {
        var needed = to - _origin + 1;
        if (needed > _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(needed, 2 * _nodes.Length));
        }

        for (var place = Reach - _origin + 1; place < needed; place++)
        {
            _nodes[place].Previous = Unreached;
        }

        Reach = to;
    }

    private struct Node
    {
        public double Score;
        public int Id;
        public int Previous;
        public int Next;
    }
}
