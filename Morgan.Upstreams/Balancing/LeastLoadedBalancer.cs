namespace Morgan.Upstreams.Balancing;

internal sealed class LeastLoadedBalancer(Candidate[] candidates) : Balancer(candidates)
{
    private uint _turn = uint.MaxValue;

    public override Candidate? Pick(in PickContext context)
    {
        Candidate? best = null;
        var least = double.MaxValue;
        var start = Interlocked.Increment(ref _turn);
        for (var i = 0; i < Candidates.Length; i++)
        {
            var candidate = Candidates[(start + (uint)i) % (uint)Candidates.Length];
            var load = candidate.Host.State.InFlight / candidate.Host.Options.Weight;
            if (load < least && context.Allows(candidate))
            {
                (best, least) = (candidate, load);
            }
        }

        return best;
    }
}
