using Microsoft.Extensions.ServiceDiscovery;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Discovery;

/// <summary>
/// Where the configured addresses lead: names are looked up by service discovery, once at first and again whenever it
/// says that something changed. Literal addresses stand for themselves.
/// </summary>
internal sealed class EndpointDirectory(ServiceEndpointResolver? resolver, HostContext context, Action changed) : IAsyncDisposable
{
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EndpointWatcher> _watchers = new(StringComparer.Ordinal);

    /// <summary>The addresses behind a configured one; none while they are not known yet.</summary>
    public IReadOnlyList<Uri> Find(string url)
    {
        lock (_gate)
        {
            return _watchers.TryGetValue(url, out var watcher) ? watcher.Addresses
                : HostAddress.TryParse(url, out var address) ? [address]
                : [];
        }
    }

    /// <summary>Looks up these addresses from now on, and no others. Call it before <see cref="Find"/>.</summary>
    public void Watch(IEnumerable<string> urls)
    {
        lock (_gate)
        {
            var wanted = urls.Where(IsName).ToHashSet(StringComparer.Ordinal);
            foreach (var (url, watcher) in _watchers.Where(pair => !wanted.Contains(pair.Key)).ToArray())
            {
                _watchers.Remove(url);
                watcher.Dispose();
            }

            foreach (var url in wanted.Where(url => !_watchers.ContainsKey(url)))
            {
                _watchers.Add(url, new EndpointWatcher(url, resolver!, context, changed));
            }
        }
    }

    /// <summary>Completes when every name has been looked up once, or that takes longer than 5 s.</summary>
    public async Task WhenReady(CancellationToken cancellationToken)
    {
        Task[] ready;
        lock (_gate)
        {
            ready = [.. _watchers.Values.Select(watcher => watcher.Ready)];
        }

        try
        {
            await Task.WhenAll(ready).WaitAsync(MostPatience, context.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The hosts join as soon as they are found.
        }
    }

    public async ValueTask DisposeAsync()
    {
        EndpointWatcher[] watchers;
        lock (_gate)
        {
            watchers = [.. _watchers.Values];
            _watchers.Clear();
        }

        foreach (var watcher in watchers)
        {
            watcher.Dispose();
            await watcher.Ended;
        }
    }

    private bool IsName(string url) =>
        resolver is not null
        && HostAddress.TryParse(url, out var address)
        && address is { HostNameType: UriHostNameType.Dns, IsLoopback: false };
}
