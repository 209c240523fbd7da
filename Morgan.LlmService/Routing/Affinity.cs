using Morgan.Upstreams.Balancing;

namespace Morgan.LlmService.Routing;

/// <summary>
/// Sends a request that goes on from an earlier response to the host that made it: no other has it.
/// </summary>
internal static class Affinity
{
    /// <summary>The tiers as they are, or the one host that must have it.</summary>
    public static async ValueTask<IReadOnlyList<Tier>> ApplyAsync(Exchange exchange, IReadOnlyList<Tier> tiers)
    {
        if (exchange.Envelope.PreviousResponseId is not { } previous || await exchange.Services.ResponseOwners.FindAsync(previous) is not { } owner)
        {
            return tiers;
        }

        foreach (var tier in tiers)
        {
            foreach (var candidate in tier.Candidates)
            {
                if (candidate.Host.Name.Equals(owner, StringComparison.OrdinalIgnoreCase))
                {
                    return exchange.Services.Registry.Current.CreateTiers([new Candidate(candidate.Host, candidate.Model)]);
                }
            }
        }

        return tiers;
    }
}
