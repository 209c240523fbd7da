namespace Morgan.Upstreams.Balancing;

/// <summary>
/// By chance, in proportion to the weights, by Walker's alias table: a column is drawn evenly, then its own candidate or
/// its alias. Unusable candidates are drawn again, which leaves the others in proportion.
/// </summary>
internal sealed class RandomBalancer : Balancer
{
    private const int Draws = 8;

    private readonly double[] _threshold;
    private readonly int[] _alias;

    public RandomBalancer(Candidate[] candidates, Random random)
        : base(candidates, random)
    {
        _threshold = new double[candidates.Length];
        _alias = new int[candidates.Length];
        FillTable();
    }

    public override Candidate? Pick(in PickContext context)
    {
        for (var i = 0; i < Draws; i++)
        {
            var column = Random.Next(Candidates.Length);
            var candidate = Candidates[Random.NextDouble() < _threshold[column] ? column : _alias[column]];
            if (context.Allows(candidate))
            {
                return candidate;
            }
        }

        return Search(context, weighted: true);
    }

    // Vose's construction: columns below the average are filled up from one above it.
    private void FillTable()
    {
        var count = Candidates.Length;
        var average = Candidates.Average(candidate => candidate.Host.Options.Weight);
        var (small, large) = (new Stack<int>(count), new Stack<int>(count));
        for (var i = 0; i < count; i++)
        {
            _threshold[i] = Candidates[i].Host.Options.Weight / average;
            (_threshold[i] < 1 ? small : large).Push(i);
        }

        while (small.Count > 0 && large.Count > 0)
        {
            var (low, high) = (small.Pop(), large.Pop());
            _alias[low] = high;
            _threshold[high] -= 1 - _threshold[low];
            (_threshold[high] < 1 ? small : large).Push(high);
        }

        // What is left is full but for rounding.
        foreach (var i in small.Concat(large))
        {
            _threshold[i] = 1;
        }
    }
}
