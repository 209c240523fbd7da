using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Hosts;

namespace Morgan.EmbeddingService.Remote;

/// <summary>A model that hosts of <c>Embedding:Remote</c> serve.</summary>
/// <param name="name">Its public name.</param>
/// <param name="source">Its name at hosts that do not name it themselves (<c>Embedding:Remote:Hosts:0:Models</c>).</param>
internal sealed class RemoteModel(string name, string source)
{
    private volatile Candidates? _candidates;

    /// <summary>The hosts that serve it, for one version of the hosts made once and shared by its requests.</summary>
    public IReadOnlyList<Tier> TiersOf(HostPool pool)
    {
        var candidates = _candidates;
        if (candidates is null || !ReferenceEquals(candidates.Pool, pool))
        {
            _candidates = candidates = new Candidates(pool, pool.CreateTiers(Serving(pool)));
        }

        return candidates.Tiers;
    }

    private IEnumerable<Candidate> Serving(HostPool pool)
    {
        foreach (var host in pool.Hosts)
        {
            if (host.Options.Models is not { Count: > 0 } names)
            {
                yield return new Candidate(host, source);
            }
            else if (names.TryGetValue(name, out var there))
            {
                yield return new Candidate(host, there);
            }
        }
    }

    private sealed record Candidates(HostPool Pool, IReadOnlyList<Tier> Tiers);
}
