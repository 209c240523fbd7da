using Microsoft.Extensions.ServiceDiscovery;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Discovery;

namespace Morgan.Upstreams.Hosts;

/// <summary>
/// Owns the hosts: their run-time state, their connections, and the version in force, <see cref="Current"/>. A service
/// applies its options once before it serves and again on each reload.
/// </summary>
public sealed class HostRegistry : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HostContext _context;
    private readonly IHostAuthorization _authorization;
    private readonly Func<ConnectionKey, HttpMessageHandler> _handlers;
    private readonly EndpointDirectory _directory;
    private readonly RetiredConnections _retired;
    private volatile HostPool _current;
    private Action<HostPool>? _listeners;
    private bool _disposed;

    internal HostRegistry(
        HostContext context,
        IHostAuthorization authorization,
        ServiceEndpointResolver? resolver,
        Func<ConnectionKey, HttpMessageHandler>? handlers = null)
    {
        _context = context;
        _authorization = authorization;
        _handlers = handlers ?? HostHandler.Create;
        _directory = new EndpointDirectory(resolver, context, Refresh);
        _retired = new RetiredConnections(context.Time);
        _current = new HostPool(new UpstreamOptions(), [], context.Random);
        context.Metrics.Observe(() => _current);
    }

    /// <summary>The hosts in force; none before the first <see cref="Apply"/>.</summary>
    public HostPool Current => _current;

    internal HostContext Context => _context;

    /// <summary>
    /// Puts a valid version of the options in force, at once for the next pick. Requests under way are not touched; what
    /// is known of a host stays with its name. Names that service discovery has to look up follow as soon as it has.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid; the version before stays.</exception>
    public void Apply(UpstreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (UpstreamOptionsValidator.Validate(options, "") is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        }

        lock (_gate)
        {
            _directory.Watch(options.Hosts.Select(host => host.Url));
            Build(options);
        }
    }

    /// <summary>Completes when service discovery has answered for the options in force, or has taken longer than 5 s.</summary>
    public Task WhenReady(CancellationToken cancellationToken) => _directory.WhenReady(cancellationToken);

    /// <summary>
    /// Calls <paramref name="listener"/> with each new version, one after the other, until the returned registration is
    /// disposed.
    /// </summary>
    public IDisposable OnChange(Action<HostPool> listener)
    {
        lock (_gate)
        {
            _listeners += listener;
        }

        return new Registration(this, listener);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _directory.DisposeAsync();
        lock (_gate)
        {
            _disposed = true;
            _retired.Dispose();
            foreach (var host in _current.Hosts)
            {
                host.Connection.Dispose();
                host.State.Dispose();
            }
        }
    }

    // Service discovery found other addresses.
    private void Refresh()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                Build(_current.Options);
            }
        }
    }

    private void Build(UpstreamOptions options)
    {
        var previous = _current;
        var plans = options.Hosts.SelectMany(host => HostPlan.Of(host, options, _directory.Find(host.Url))).ToList();

        // What can fail comes first: a certificate that can't be read leaves everything as it was.
        var connections = plans.ConvertAll(plan => previous.Find(plan.Name)?.Connection is { } kept && kept.Key == plan.Key
            ? kept
            : new HostConnection(plan.Key, _handlers(plan.Key)));
        var hosts = plans.Select((plan, i) => Create(plan, options, connections[i], previous)).ToList();
        _current = new HostPool(options, hosts, _context.Random);
        Retire(previous, connections);
        Log.HostsApplied(_context.Logger, string.Join(", ", hosts));
        _listeners?.Invoke(_current);
        _context.Changes.Beat();
    }

    private Host Create(HostPlan plan, UpstreamOptions options, HostConnection connection, HostPool previous)
    {
        var state = previous.Find(plan.Name)?.State ?? new HostState(plan.Name, _context, plan.Options, options);
        state.Configure(plan.Options, options);
        return new Host(plan.Name, plan.Address, plan.Options, options, state, connection, _authorization);
    }

    private void Retire(HostPool previous, List<HostConnection> kept)
    {
        foreach (var host in previous.Hosts)
        {
            if (!kept.Contains(host.Connection))
            {
                _retired.Add(host.Connection, previous.Options.Timeouts.Total);
            }
        }
    }

    private sealed class Registration(HostRegistry registry, Action<HostPool> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (registry._gate)
            {
                registry._listeners -= listener;
            }
        }
    }
}
