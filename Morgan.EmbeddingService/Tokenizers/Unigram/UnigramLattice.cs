using System.Runtime.CompilerServices;

namespace Morgan.EmbeddingService.Tokenizers.Unigram;

/// <summary>
/// The best way to each place of a text that is still undecided. Places count from the last decided one, so the memory
/// follows the longest stretch without a certain cut, not the length of the text.
/// </summary>
internal sealed class UnigramLattice
{
    private const int LargestKept = 1 << 14;
    private const int Unreached = -1;

    [ThreadStatic]
    private static UnigramLattice? _kept;

    private Node[] _nodes = new Node[256];
    private bool _laterWins;

    /// <summary>The furthest place that an entry reaches.</summary>
    public int Reach { get; private set; }

    /// <summary>Takes the thread's lattice, or makes one.</summary>
    public static UnigramLattice Rent(PathRule rule)
    {
        var lattice = _kept ?? new UnigramLattice();
        _kept = null;
        lattice._laterWins = rule == PathRule.TensorFlowJs;
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

    /// <summary>Starts anew at place 0.</summary>
    /// <param name="score">The score of what lies before.</param>
    public void Start(double score)
    {
        _nodes[0] = new Node { Score = score, Previous = Unreached };
        Reach = 0;
    }

    /// <summary>The score of the best way to a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ScoreAt(int place) => _nodes[place].Score;

    /// <summary>Whether a way to a place is known.</summary>
    public bool IsReached(int place) => place <= Reach && _nodes[place].Previous != Unreached;

    /// <summary>Takes a way from one place to another, if it is the first or the better one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(int from, int to, double score, int id)
    {
        if (to > Reach)
        {
            Extend(to);
        }

        ref var node = ref _nodes[to];
        if (node.Previous == Unreached || score > node.Score || (_laterWins && (score == node.Score || node.Score == 0)))
        {
            node.Score = score;
            node.Previous = from;
            node.Id = id;
        }
    }

    /// <summary>Turns the best way to a place round, so that <see cref="Next"/> can walk it from 0.</summary>
    public void LinkForward(int end)
    {
        for (var at = end; at > 0; at = _nodes[at].Previous)
        {
            _nodes[_nodes[at].Previous].Next = at;
        }
    }

    /// <summary>The place after one on the way that <see cref="LinkForward"/> turned, and the id of the entry between.</summary>
    public int Next(int place, out int id)
    {
        var next = _nodes[place].Next;
        id = _nodes[next].Id;
        return next;
    }

    private void Extend(int to)
    {
        if (to >= _nodes.Length)
        {
            Array.Resize(ref _nodes, Math.Max(to + 1, 2 * _nodes.Length));
        }

        for (var place = Reach + 1; place <= to; place++)
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
