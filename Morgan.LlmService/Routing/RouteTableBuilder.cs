using Morgan.LlmService.Configuration;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Routing;

/// <summary>Makes the routes from the configuration, the hosts, and what the hosts have said of their models.</summary>
internal sealed class RouteTableBuilder(HostPool pool, LlmOptions options, IReadOnlyDictionary<string, HostModels> known)
{
    private const string Latest = ":latest";
    private const string Owner = "morgan";

    private readonly Dictionary<string, List<(Host Host, string Model)>> _served = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelInfo> _infos = new(StringComparer.Ordinal);
    private readonly List<Candidate> _candidates = [];
    private readonly List<Host> _unlisted = [];
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _aliases =
        options.Models ?? new Dictionary<string, IReadOnlyList<string>>();
    private int _unknown;

    public RouteTable Build()
    {
        foreach (var host in pool.Hosts)
        {
            AddHost(host);
        }

        var routes = new List<ModelRoute>(_served.Count + _aliases.Count);
        foreach (var (name, hosts) in _served)
        {
            if (!_aliases.ContainsKey(name))
            {
                var info = _infos.GetValueOrDefault(name);
                routes.Add(new ModelRoute(name, Tiers(hosts), info?.Created ?? 0, info?.OwnedBy ?? Owner));
            }
        }

        foreach (var (alias, models) in _aliases)
        {
            routes.Add(new ModelRoute(alias, [.. models.SelectMany(Fallback)], 0, Owner));
        }

        var anyModel = pool.CreateTiers(_unlisted.Select(host => new Candidate(host, null)));
        return new RouteTable(routes, anyModel, _candidates, _unknown);
    }

    private void AddHost(Host host)
    {
        if (host.Options.Models is { } configured)
        {
            foreach (var (name, model) in configured)
            {
                Serve(name, host, model);
            }
        }
        else if (!known.TryGetValue(host.Name, out var models))
        {
            _unknown++;
        }
        else if (!models.IsListed)
        {
            _unlisted.Add(host);
        }
        else
        {
            foreach (var model in models.Models)
            {
                AddListed(host, model);
            }
        }
    }

    private void AddListed(Host host, ModelInfo model)
    {
        Serve(model.Id, host, model.Id);
        _infos.TryAdd(model.Id, model);

        // Ollama lists llama3.2:latest and takes llama3.2 for it.
        if (host.Options.Kind == HostKinds.Ollama && model.Id.EndsWith(Latest, StringComparison.Ordinal))
        {
            var plain = model.Id[..^Latest.Length];
            Serve(plain, host, model.Id);
            _infos.TryAdd(plain, model with { Id = plain });
        }
    }

    private void Serve(string name, Host host, string model)
    {
        if (!_served.TryGetValue(name, out var hosts))
        {
            _served[name] = hosts = [];
        }

        hosts.Add((host, model));
    }

    private IReadOnlyList<Tier> Fallback(string model) =>
        _served.TryGetValue(model, out var hosts)
            ? Tiers(hosts)
            : pool.CreateTiers(_unlisted.Select(host => Remember(host, model)));

    private IReadOnlyList<Tier> Tiers(List<(Host Host, string Model)> hosts) =>
        pool.CreateTiers(hosts.Select(entry => Remember(entry.Host, entry.Model)));

    private Candidate Remember(Host host, string model)
    {
        var candidate = new Candidate(host, model)
        {
            IsWarm = known.GetValueOrDefault(host.Name)?.IsWarm(model) ?? true,
        };
        _candidates.Add(candidate);
        return candidate;
    }
}
