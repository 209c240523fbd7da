using System.Net;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Discovery;

/// <summary>Follows the addresses behind one configured name.</summary>
internal sealed class EndpointWatcher : IDisposable
{
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly string _url;
    private readonly Uri _configured;
    private readonly ServiceEndpointResolver _resolver;
    private readonly HostContext _context;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<Uri> _addresses = [];

    public EndpointWatcher(string url, ServiceEndpointResolver resolver, HostContext context, Action changed)
    {
        (_url, _resolver, _context, _changed) = (url, resolver, context, changed);
        _configured = HostAddress.TryParse(url, out var address) ? address : throw new ArgumentException(url, nameof(url));
        _stopped = _stop.Token;
        Ended = Task.Run(FollowAsync, CancellationToken.None);
    }

    public IReadOnlyList<Uri> Addresses => _addresses;

    /// <summary>Completes with the first answer.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes after <see cref="Dispose"/>; never fails.</summary>
    public Task Ended { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        try
        {
            while (true)
            {
                var change = await LookUpAsync();
                _ready.TrySetResult();
                await (change is null
                    ? Task.Delay(RetryDelay, _context.Time, _stopped)
                    : WhenChanged(change).WaitAsync(_stopped));
            }
        }
        catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
        {
            _ready.TrySetResult();
        }
    }

    // The token that tells of the next change; null when the lookup failed. The addresses known before stay.
    private async Task<IChangeToken?> LookUpAsync()
    {
        try
        {
            var source = await _resolver.GetEndpointsAsync(ServiceName(), _stopped).AsTask()
                .WaitAsync(LookupTimeout, _context.Time, _stopped);
            Use([.. source.Endpoints.Select(endpoint => Address(endpoint.EndPoint)).Distinct()]);
            return source.ChangeToken;
        }
#pragma warning disable CA1031 // providers of service discovery throw what they like; the name is looked up again
        catch (Exception e) when (!_stopped.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.DiscoveryFailed(_context.Logger, _url, e.Message);
            if (_addresses.Count == 0)
            {
                Use([]);
            }

            return null;
        }
    }

    private void Use(IReadOnlyList<Uri> found)
    {
        IReadOnlyList<Uri> addresses = found.Count > 0 ? found : [_configured];
        if (!addresses.SequenceEqual(_addresses))
        {
            _addresses = addresses;
            _changed();
        }
    }

    // https+http://name/v1 → https+http://name: discovery knows schemes and names, and nothing of paths.
    private string ServiceName()
    {
        var end = _url.IndexOf('/', _url.IndexOf("://", StringComparison.Ordinal) + 3);
        return end < 0 ? _url : _url[..end];
    }

    private Uri Address(EndPoint endpoint) => endpoint switch
    {
        UriEndPoint { Uri: var uri } => With(uri.Scheme, uri.Host, uri.Port),
        DnsEndPoint dns => With(_configured.Scheme, dns.Host, dns.Port),
        IPEndPoint ip => With(_configured.Scheme, ip.Address.ToString(), ip.Port),
        _ => _configured,
    };

    private Uri With(string scheme, string host, int port) => new UriBuilder(_configured)
    {
        Scheme = scheme,
        Host = host,
        Port = port > 0 ? port : _configured.Port,
    }.Uri;

    private static Task WhenChanged(IChangeToken token)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.RegisterChangeCallback(static state => ((TaskCompletionSource)state!).TrySetResult(), changed);
        return changed.Task;
    }
}
