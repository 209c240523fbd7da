using System.Collections.Concurrent;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;

namespace Morgan.Upstreams.Hosts;

/// <summary>
/// One host as one version of the configuration has it; immutable. What happens to it at run time is kept beside it, by
/// name, and survives a reload.
/// </summary>
public sealed class Host
{
    // Paths come from a fixed set (chat/completions, models …) but for a few that name an object.
    private const int MaxRememberedPaths = 64;

    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);
    private readonly IHostAuthorization _authorization;

    internal Host(
        string name,
        Uri address,
        HostOptions options,
        UpstreamOptions settings,
        HostState state,
        HostConnection connection,
        IHostAuthorization authorization)
    {
        Name = name;
        Address = address;
        Port = address.Port;
        Options = options;
        Settings = settings;
        State = state;
        Connection = connection;
        Key = new HostKey(options, state.Clock.Time);
        _authorization = authorization;
    }

    /// <summary>
    /// Its unique name: the configured one, or <c>name@address:port</c> where service discovery found several behind it.
    /// </summary>
    public string Name { get; }

    /// <summary>Where it is, after service discovery, without a trailing slash: <c>http://10.0.0.7:11434/v1</c>.</summary>
    public Uri Address { get; }

    /// <summary>The port of <see cref="Address"/>, an <see cref="int"/>, as attributes of spans and measurements take it.</summary>
    public object Port { get; }

    /// <summary>As configured.</summary>
    public HostOptions Options { get; }

    /// <summary>What is configured for all hosts.</summary>
    public UpstreamOptions Settings { get; }

    internal HostState State { get; }

    internal HostConnection Connection { get; }

    internal HostKey Key { get; }

    /// <summary>The address of an API path: <c>chat/completions</c> → <c>http://10.0.0.7:11434/v1/chat/completions</c>.</summary>
    /// <param name="path">Without a leading slash; may hold a query.</param>
    public Uri UriFor(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (_uris.TryGetValue(path, out var known))
        {
            return known;
        }

        var uri = new Uri($"{Address.AbsoluteUri.TrimEnd('/')}/{path}");
        if (_uris.Count < MaxRememberedPaths)
        {
            _uris.TryAdd(path, uri);
        }

        return uri;
    }

    /// <summary>
    /// Sends one request with the host's credentials over its connections, outside all accounting: for asking which models
    /// it has, say. The caller brings the time limit.
    /// </summary>
    /// <exception cref="HttpRequestException">The host did not answer.</exception>
    /// <exception cref="HostAuthorizationException">Its credentials can't be had.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var authorized = _authorization.AuthorizeAsync(this, request, cancellationToken);
        return authorized.IsCompletedSuccessfully
            ? Connection.SendAsync(request, cancellationToken)
            : SendAsync(authorized, request, cancellationToken);
    }

    /// <summary>Lets it have requests again, whatever the configuration says: ends disable and drain.</summary>
    public void Enable() => State.Enable();

    /// <summary>Gives it no more requests.</summary>
    public void Disable() => State.Disable();

    /// <summary>Gives it no more requests, in order to take it away when those in flight are done.</summary>
    public void Drain() => State.Drain();

    /// <summary>Closes its circuit, ends its cool-down and forgets that it was misconfigured.</summary>
    public void ResetCircuit() => State.ResetCircuit();

    /// <summary>How long it is left alone at its own wish; zero: it is not.</summary>
    public TimeSpan CoolingDown => new(State.Trouble.CoolDown.Remaining(State.Clock.Now));

    /// <summary>Leaves it alone for <paramref name="pause"/>, as another replica was asked to; of two ends the later counts.</summary>
    public void CoolDown(TimeSpan pause) => State.CoolDown(pause);

    /// <summary>Ends that, as somebody has at another replica.</summary>
    public void EndCoolDown() => State.EndCoolDown();

    /// <summary>The other replicas are within reach again: they learn what this one has used of the host's limit meanwhile.</summary>
    public void Reconcile() => State.Limiter?.Reconcile();

    /// <summary>Takes note of a check that another replica has made; of each only once.</summary>
    public void Checked(HealthCheckView check)
    {
        ArgumentNullException.ThrowIfNull(check);
        State.Health.CheckedElsewhere(check);
    }

    /// <summary>Its state now, for people.</summary>
    public HostView Describe() => HostView.Of(this);

    /// <summary>Its last checks, at most 100, oldest first.</summary>
    public IReadOnlyList<HealthCheckView> Checks => State.Health.Checks();

    /// <inheritdoc/>
    public override string ToString() => Name;

    private async Task<HttpResponseMessage> SendAsync(ValueTask authorized, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await authorized;
        return await Connection.SendAsync(request, cancellationToken);
    }
}
