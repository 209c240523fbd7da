using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Morgan.LlmService.Admin;
using Morgan.LlmService.Configuration;
using Morgan.LlmService.Routing;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Status;

/// <summary>Sends the page what it shows, once a second. Nothing is collected while nobody looks.</summary>
internal sealed class StatusFeed(
    HostRegistry registry, ModelCatalog catalog, EmbeddingStatus embedding, IReloading<LlmOptions> options, TimeProvider time, IHostApplicationLifetime lifetime)
    : IDisposable
{
    /// <summary>How many may look at once.</summary>
    public const int MostWatchers = 32;

    private const int EmbeddingEvery = 5;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _watchers;
    private Watch? _watch;

    /// <summary>Takes a place; false: too many look already.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_watchers == MostWatchers)
            {
                return false;
            }

            _watchers++;
            _watch ??= new Watch();
            return true;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_watchers == 0)
            {
                _watch?.Dispose();
                _watch = null;
            }
        }
    }

    /// <summary>The snapshots, until the watcher leaves or the service stops.</summary>
    public async IAsyncEnumerable<SseItem<StatusSnapshot>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        JsonElement? cache = null, models = null;
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            if (i % EmbeddingEvery == 0)
            {
                (cache, models) = (await embedding.AskAsync("admin/cache", end.Token), await embedding.AskAsync("admin/models", end.Token));
            }

            yield return new SseItem<StatusSnapshot>(Snapshot(cache, models));
            await Task.Delay(Interval, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private StatusSnapshot Snapshot(JsonElement? cache, JsonElement? models)
    {
        var watch = _watch!;
        return new StatusSnapshot(
            time.GetUtcNow(),
            options.Current.Strategy,
            registry.Current.Hosts.Select(host => HostsApi.View(host, catalog)),
            watch.Traffic,
            watch.Decisions,
            cache,
            models);
    }

}
