namespace Morgan.Upstreams.Balancing;

/// <summary>
/// The candidate with the least load for its weight; of equals the one not picked for the longest time. Up to
/// <see cref="ExactLimit"/> candidates all are compared; of more, four drawn by chance, which comes close and costs the
/// same for any number.
/// </summary>
internal sealed class LeastLoadedBalancer(Candidate[] candidates, Random random) : Balancer(candidates, random)
{
    internal const int ExactLimit = 32;
    private const int Choices = 4;

    private long _turn;

    public override Candidate? Pick(in PickContext context)
    {
        var best = Candidates.Length <= ExactLimit ? Least(context) : LeastOfFew(context);
        if (best is not null)
        {
            best.LastPick = Interlocked.Increment(ref _turn);
        }

        return best;
    }

    private Candidate? Least(in PickContext context)
    {
        Candidate? best = null;
        var least = double.MaxValue;
        foreach (var candidate in Candidates)
        {
            var load = candidate.Load(context.Now);
            if (IsBetter(candidate, load, best, least) && context.Allows(candidate))
            {
                (best, least) = (candidate, load);
            }
        }

        return best;
    }

    private Candidate? LeastOfFew(in PickContext context)
    {
        Candidate? best = null;
        var least = double.MaxValue;
        for (var i = 0; i < Choices; i++)
        {
            if (Draw(context) is not { } candidate)
            {
                return best;
            }

            var load = candidate.Load(context.Now);
            if (IsBetter(candidate, load, best, least))
            {
                (best, least) = (candidate, load);
            }
        }

        return best;
    }

    private static bool IsBetter(Candidate candidate, double load, Candidate? best, double least) =>
        load < least || (load == least && candidate.LastPick < best!.LastPick);
}
