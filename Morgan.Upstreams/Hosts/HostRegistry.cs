using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;

namespace Morgan.Upstreams.Hosts;

/// <summary>
/// Owns the hosts: their run-time state, their connections, and the version in force, <see cref="Current"/>. A service
/// applies its options once before it starts and again on each reload.
/// </summary>
public sealed class HostRegistry : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly MonotonicClock _clock;
    private readonly IHostAuthorization _authorization;
    private readonly Random _random;
    private readonly Task _ready = Task.CompletedTask;
    private volatile HostPool _current;
    private Action<HostPool>? _listeners;

    internal HostRegistry(TimeProvider time, IHostAuthorization authorization, Random? random = null)
    {
        _clock = new MonotonicClock(time);
        _authorization = authorization;
        _random = random ?? Random.Shared;
        _current = new HostPool(new UpstreamOptions(), [], _random);
    }

    /// <summary>The hosts in force; none before the first <see cref="Apply"/>.</summary>
    public HostPool Current => _current;

    /// <summary>
    /// Puts a valid version of the options in force, at once for the next pick. Requests under way are not touched; what
    /// is known of a host stays with its name. Names that service discovery has to resolve follow as soon as it has.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public void Apply(UpstreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            var previous = _current;
            var hosts = new List<Host>(options.Hosts.Count);
            foreach (var host in options.Hosts)
            {
                hosts.Add(Create(host, options, previous));
            }

            _current = new HostPool(options, hosts, _random);
        }

        _listeners?.Invoke(_current);
    }

    /// <summary>Completes when service discovery has answered for the options in force, or has taken longer than 5 s.</summary>
    public Task WhenReady(CancellationToken cancellationToken) => _ready.WaitAsync(cancellationToken);

    /// <summary>Calls <paramref name="listener"/> with each new version until the returned registration is disposed.</summary>
    public IDisposable OnChange(Action<HostPool> listener)
    {
        lock (_gate)
        {
            _listeners += listener;
        }

        return new Registration(this, listener);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var host in _current.Hosts)
        {
            host.Connection.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private Host Create(HostOptions options, UpstreamOptions settings, HostPool previous)
    {
        if (!HostAddress.TryParse(options.Url, out var address))
        {
            throw new ArgumentException($"host '{options.Name}' has no valid Url", nameof(options));
        }

        var before = previous.Find(options.Name);
        var state = before?.State ?? new HostState(options.Name, _clock, options, settings);
        state.Configure(options, settings);
        var key = ConnectionKey.Of(address, options, settings);
        var connection = before?.Connection is { } kept && kept.Key == key ? kept : new HostConnection(key);
        return new Host(options.Name, address, options, settings, state, connection, _authorization);
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
