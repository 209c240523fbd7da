namespace Morgan.Upstreams.Balancing;

/// <summary>
/// One after the other. A turn that falls on an unusable host is lost and the next is taken, so that its share is spread
/// over all the others and not given to its neighbour.
/// </summary>
internal sealed class RoundRobinBalancer(Candidate[] candidates, Random random) : Balancer(candidates, random)
{
    private uint _turn = uint.MaxValue;

    public override Candidate? Pick(in PickContext context)
    {
        for (var i = 0; i < Candidates.Length; i++)
        {
            var candidate = Candidates[Interlocked.Increment(ref _turn) % (uint)Candidates.Length];
            if (context.Allows(candidate))
            {
                return candidate;
            }
        }

        // Others take turns at the same time, so this walk may have missed the one that is usable.
        return Search(context);
    }
}
