namespace Morgan.Upstreams.Balancing;

/// <summary>
/// In turn, in exact proportion to the weights. Each turn is a slot; a candidate with the share p must get its k-th
/// request in one of the slots ⌊k/p⌋ to ⌈(k+1)/p⌉−1. Of those whose window has begun, the one whose window ends first gets
/// the slot: by that every window is kept (earliest deadline first is optimal for unit jobs), and after any number of
/// picks each count is within one of its share.
/// </summary>
internal sealed class WeightedBalancer : Balancer
{
    // Slots lost to unusable candidates before the rest is drawn by chance instead.
    private const int MaxLostSlots = 64;
    private const int IndexBits = 20;

    private readonly Lock _gate = new();
    private readonly long[] _weights;
    private readonly long[] _served;
    private readonly long _total;

    // Keys are slot << IndexBits | index: by slot, of equals by the candidates' order.
    private readonly PriorityQueue<int, long> _waiting;
    private readonly PriorityQueue<int, long> _ready;
    private long _slot;

    public WeightedBalancer(Candidate[] candidates, Random random)
        : base(candidates, random)
    {
        _weights = WholeWeights(candidates);
        _served = new long[candidates.Length];
        _total = _weights.Sum();
        _waiting = new PriorityQueue<int, long>(candidates.Length);
        _ready = new PriorityQueue<int, long>(candidates.Length);
        Restart();
    }

    public override Candidate? Pick(in PickContext context)
    {
        for (var i = 0; i < MaxLostSlots; i++)
        {
            var candidate = Candidates[Next()];
            if (context.Allows(candidate))
            {
                return candidate;
            }
        }

        return Search(context, weighted: true);
    }

    private int Next()
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out _, out var release) && release >> IndexBits <= _slot)
            {
                var due = _waiting.Dequeue();
                _ready.Enqueue(due, Key(EndOfWindow(due), due));
            }

            var next = _ready.Dequeue();
            _slot++;
            _served[next]++;
            _waiting.Enqueue(next, Key(_served[next] * _total / _weights[next], next));

            // After as many slots as all weights together, everybody has got exactly the share.
            if (_slot == _total)
            {
                Restart();
            }

            return next;
        }
    }

    private long EndOfWindow(int index) => (((_served[index] + 1) * _total) + _weights[index] - 1) / _weights[index];

    private void Restart()
    {
        _slot = 0;
        Array.Clear(_served);
        _waiting.Clear();
        _ready.Clear();
        for (var i = 0; i < Candidates.Length; i++)
        {
            _ready.Enqueue(i, Key(EndOfWindow(i), i));
        }
    }

    private static long Key(long slot, int index) => (slot << IndexBits) | (long)index;

    // Thousandths, made as small as they can be.
    private static long[] WholeWeights(Candidate[] candidates)
    {
        var weights = Array.ConvertAll(candidates, candidate => (long)Math.Round(candidate.Host.Options.Weight * 1000));
        var divisor = weights.Aggregate(GreatestCommonDivisor);
        return Array.ConvertAll(weights, weight => weight / divisor);
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
