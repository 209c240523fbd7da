namespace Morgan.Upstreams.Balancing;

/// <summary>A strategy, with the state it keeps for one tier.</summary>
internal abstract class Balancer(Candidate[] candidates)
{
    protected Candidate[] Candidates { get; } = candidates;

    /// <summary>The candidate that the request should go to; null when the context allows none. Allocates nothing.</summary>
    public abstract Candidate? Pick(in PickContext context);
}
