using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>The engine on real time, with real connections.</summary>
internal sealed class NetworkEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly UpstreamMetrics _metrics;

    public NetworkEngine(UpstreamOptions options)
    {
        _metrics = new UpstreamMetrics(_services.GetRequiredService<IMeterFactory>());
        var context = new HostContext(
            new MonotonicClock(TimeProvider.System), Random.Shared, new Pulse(), _metrics, NullLogger.Instance);
        Registry = new HostRegistry(context, new KeyAuthorization(), resolver: null);
        Registry.Apply(options);
        Client = new UpstreamClient(context);
        Tiers = Registry.Current.CreateTiers(Registry.Current.Hosts.Select(host => new Candidate(host, null)));
    }

    public NetworkEngine(params string[] urls)
        : this(new UpstreamOptions { Hosts = [.. urls.Select((url, i) => new HostOptions { Name = $"h{i}", Url = url })] })
    {
    }

    public HostRegistry Registry { get; }

    public UpstreamClient Client { get; }

    public IReadOnlyList<Tier> Tiers { get; }

    public Task<UpstreamResult> SendAsync(TestExchange? exchange = null, bool streamed = false, bool mayRetry = false) => Client.SendAsync(
        new UpstreamRequest
        {
            Tiers = Tiers,
            Attempts = exchange ?? new TestExchange(),
            Deadline = Deadline.After(TimeProvider.System, TimeSpan.FromSeconds(30)),
            Streamed = streamed,
            MayRetry = mayRetry,
        },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        _metrics.Dispose();
        await _services.DisposeAsync();
    }
}
