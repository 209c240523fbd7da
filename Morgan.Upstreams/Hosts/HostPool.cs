using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Hosts;

/// <summary>One version of the hosts; immutable. A new one takes its place whole when configuration or addresses change.</summary>
public sealed class HostPool
{
    private readonly Dictionary<string, Host> _byName;
    private readonly Random _random;

    internal HostPool(UpstreamOptions options, IReadOnlyList<Host> hosts, Random random)
    {
        Options = options;
        Hosts = hosts;
        _random = random;
        _byName = hosts.ToDictionary(host => host.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The configuration it was made from.</summary>
    public UpstreamOptions Options { get; }

    /// <summary>The hosts in the configuration's order.</summary>
    public IReadOnlyList<Host> Hosts { get; }

    /// <summary>The host of that name; null when there is none.</summary>
    public Host? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The hosts of that configured name: several where service discovery found several behind it.</summary>
    public IReadOnlyList<Host> FindAll(string name) =>
        Find(name) is { } host
            ? [host]
            : [.. Hosts.Where(host => host.Options.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];

    /// <summary>
    /// The tiers of a route: candidates of equal <see cref="HostOptions.Priority"/> together, the lowest number first. A
    /// route with fallback models puts the tiers of each model after one another.
    /// </summary>
    public IReadOnlyList<Tier> CreateTiers(IEnumerable<Candidate> candidates) =>
    [
        .. candidates
            .GroupBy(candidate => candidate.Host.Options.Priority)
            .OrderBy(group => group.Key)
            .Select(group => new Tier([.. group], Options.Strategy, _random)),
    ];
}
