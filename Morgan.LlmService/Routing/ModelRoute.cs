using Morgan.Upstreams.Balancing;

namespace Morgan.LlmService.Routing;

/// <summary>Where requests for one public name go: the tiers of its model, then those of its fallbacks.</summary>
/// <param name="Name">The public name.</param>
/// <param name="Tiers">In order.</param>
/// <param name="Created">Seconds since 1970; 0: not known.</param>
/// <param name="OwnedBy">For <c>/v1/models</c>.</param>
internal sealed record ModelRoute(string Name, IReadOnlyList<Tier> Tiers, long Created, string OwnedBy);
