using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Balancing;

/// <summary>
/// Candidates of equal standing and the strategy that chooses among them. Make tiers once per version of the hosts
/// (<see cref="Hosts.HostPool.CreateTiers"/>) and share them between requests: turns and shares are kept here.
/// </summary>
public sealed class Tier
{
    private readonly Candidate[] _candidates;
    private readonly Balancer _balancer;
    private int _inFlight;

    internal Tier(Candidate[] candidates, string strategy, Random random)
    {
        _candidates = candidates;
        foreach (var candidate in candidates)
        {
            candidate.Tier = this;
        }

        _balancer = strategy switch
        {
            Strategies.RoundRobin => new RoundRobinBalancer(candidates, random),
            Strategies.Random => new RandomBalancer(candidates, random),
            Strategies.Weighted => new WeightedBalancer(candidates, random),
            Strategies.Latency => new LatencyBalancer(candidates, random),
            Strategies.PrefixAffinity => new PrefixAffinityBalancer(candidates, random),
            _ => new LeastLoadedBalancer(candidates, random),
        };
    }

    /// <summary>The candidates.</summary>
    public IReadOnlyList<Candidate> Candidates => _candidates;

    internal int InFlight => Volatile.Read(ref _inFlight);

    internal Candidate? Pick(in PickContext context) => _balancer.Pick(context);

    internal void Enter() => Interlocked.Increment(ref _inFlight);

    internal void Exit() => Interlocked.Decrement(ref _inFlight);
}
