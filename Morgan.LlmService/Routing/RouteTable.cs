using System.Collections.Frozen;
using Morgan.Upstreams.Balancing;

namespace Morgan.LlmService.Routing;

/// <summary>One version of all routes; immutable, replaced whole.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, ModelRoute> _routes;

    public RouteTable(IEnumerable<ModelRoute> routes, IReadOnlyList<Tier> anyModel, IReadOnlyList<Candidate> candidates, int unknownHosts)
    {
        _routes = routes.ToFrozenDictionary(route => route.Name, StringComparer.Ordinal);
        AnyModel = anyModel;
        Candidates = candidates;
        UnknownHosts = unknownHosts;
    }

    /// <summary>No routes.</summary>
    public static RouteTable Empty { get; } = new([], [], [], 0);

    /// <summary>The routes by public name.</summary>
    public IReadOnlyCollection<ModelRoute> Routes => _routes.Values;

    /// <summary>Hosts that don't list their models: they are given names that no other host knows.</summary>
    public IReadOnlyList<Tier> AnyModel { get; }

    /// <summary>All candidates of all routes, to mark the warm ones.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>How many hosts have not said yet what they serve.</summary>
    public int UnknownHosts { get; }

    /// <summary>The tiers for <paramref name="model"/>; none: nobody serves it.</summary>
    public IReadOnlyList<Tier> Find(string model) => _routes.TryGetValue(model, out var route) ? route.Tiers : AnyModel;

    /// <summary>The route of that name; null: there is none.</summary>
    public ModelRoute? FindNamed(string model) => _routes.GetValueOrDefault(model);
}
