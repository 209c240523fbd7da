namespace Morgan.Upstreams.Balancing;

/// <summary>A strategy, with the state it keeps for one tier. Picks run concurrently and allocate nothing.</summary>
internal abstract class Balancer(Candidate[] candidates, Random random)
{
    // With half of the hosts down, eight blind draws miss once in 256 picks.
    private const int Draws = 8;

    protected Candidate[] Candidates { get; } = candidates;

    protected Random Random { get; } = random;

    /// <summary>The candidate that the request should go to; null when the context allows none.</summary>
    public abstract Candidate? Pick(in PickContext context);

    /// <summary>Any allowed candidate but one, all with the same chance.</summary>
    protected Candidate? Draw(in PickContext context, Candidate? except = null)
    {
        for (var i = 0; i < Draws; i++)
        {
            var candidate = Candidates[Random.Next(Candidates.Length)];
            if (!ReferenceEquals(candidate, except) && context.Allows(candidate))
            {
                return candidate;
            }
        }

        return Search(context, except);
    }

    /// <summary>The same by looking at all of them, for when few are allowed; in proportion to their weights if asked.</summary>
    protected Candidate? Search(in PickContext context, Candidate? except = null, bool weighted = false)
    {
        Candidate? found = null;
        var sum = 0.0;
        foreach (var candidate in Candidates)
        {
            if (ReferenceEquals(candidate, except) || !context.Allows(candidate))
            {
                continue;
            }

            // Keeping the newcomer with the chance that its weight has in the sum so far draws one of all in one walk.
            var weight = weighted ? candidate.Host.Options.Weight : 1;
            sum += weight;
            if (Random.NextDouble() * sum < weight)
            {
                found = candidate;
            }
        }

        return found;
    }
}
