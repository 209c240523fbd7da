using System.Text.Json;
using Morgan.LlmService.Configuration;
using Morgan.ServiceDefaults.Configuration;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Routing;

/// <summary>
/// Knows what each host serves and keeps <see cref="Routes"/> in step with that, with the configuration and with the
/// hosts. What a host has said holds while it is away.
/// </summary>
internal sealed class ModelCatalog : BackgroundService
{
    /// <summary>How often a host is asked that has not answered yet, where the health interval is longer.</summary>
    private static readonly TimeSpan Impatient = TimeSpan.FromSeconds(2);

    /// <summary>How long the server waits with its first request for the hosts' answers.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(1);
    private const int AskedAtOnce = 16;

    private readonly Lock _gate = new();
    private readonly HostRegistry _registry;
    private readonly IReloading<LlmOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelCatalog> _logger;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _firstRound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyDictionary<string, HostModels> _known = new Dictionary<string, HostModels>();
    private volatile RouteTable _routes = RouteTable.Empty;

    public ModelCatalog(HostRegistry registry, IReloading<LlmOptions> options, TimeProvider time, ILogger<ModelCatalog> logger) =>
        (_registry, _options, _time, _logger) = (registry, options, time, logger);

    /// <summary>The routes in force.</summary>
    public RouteTable Routes => _routes;

    /// <summary>Completes when every host has been asked once; a request that comes before waits for it.</summary>
    public Task FirstRound => _firstRound.Task;

    /// <summary>What <paramref name="host"/> has said; null: nothing yet.</summary>
    public HostModels? Of(Host host) => _known.GetValueOrDefault(host.Name);

    /// <summary>Asks the hosts, so that the first request finds routes to all that are up, and not to the quickest alone.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        try
        {
            await FirstRound.WaitAsync(StartPatience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // a host is slow or away; the others are served
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var registration = _registry.OnChange(_ =>
        {
            Rebuild();
            _wake.Release();
        });
        Rebuild();
        try
        {
            while (true)
            {
                await AskAllAsync(stoppingToken);
                _firstRound.TrySetResult();
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the service stops
        }
        finally
        {
            _firstRound.TrySetResult();
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        var pool = _registry.Current;
        var interval = pool.Options.Health.Interval;
        if (interval > Impatient && pool.Hosts.Any(host => host.Options is { Models: null, Enabled: true } && Of(host) is null))
        {
            interval = Impatient;
        }

        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var pause = Task.Delay(interval, _time, timer.Token);
        await Task.WhenAny(pause, _wake.WaitAsync(timer.Token));
        await timer.CancelAsync();
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task AskAllAsync(CancellationToken stoppingToken)
    {
        var hosts = _registry.Current.Hosts.Where(NeedsAsking);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = stoppingToken };
        await Parallel.ForEachAsync(hosts, parallel, async (host, cancellationToken) =>
        {
            if (await AskAsync(host, cancellationToken) is { } models)
            {
                Learn(host, models);
            }
        });
    }

    // An Ollama with configured models is still asked which of them are loaded.
    private static bool NeedsAsking(Host host) =>
        host.Options.Enabled && (host.Options.Models is null || host.Options.Kind == Upstreams.Configuration.HostKinds.Ollama);

    private async Task<HostModels?> AskAsync(Host host, CancellationToken stoppingToken)
    {
        using var timeout = new CancellationTokenSource(host.Settings.Health.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timeout.Token);
        try
        {
            return await HostModelsReader.ReadAsync(host, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or HostAuthorizationException
            || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
        {
            Log.ModelsNotListed(_logger, host.Name, e.Message);
            return null;
        }
    }

    private void Learn(Host host, HostModels models)
    {
        lock (_gate)
        {
            var before = Of(host);
            var known = new Dictionary<string, HostModels>(_known, StringComparer.OrdinalIgnoreCase) { [host.Name] = models };
            _known = known;
            if (before?.RoutesLike(models) != true)
            {
                Log.ModelsLearnt(_logger, host.Name, models.IsListed ? models.Models.Count : -1);
                Rebuild();
                return;
            }
        }

        foreach (var candidate in _routes.Candidates)
        {
            if (candidate.Host.Name == host.Name)
            {
                candidate.IsWarm = models.IsWarm(candidate.Model);
            }
        }
    }

    private void Rebuild()
    {
        lock (_gate)
        {
            var pool = _registry.Current;
            var gone = _known.Keys.Where(name => pool.Find(name) is null).ToArray();
            if (gone.Length > 0)
            {
                var known = new Dictionary<string, HostModels>(_known, StringComparer.OrdinalIgnoreCase);
                Array.ForEach(gone, name => known.Remove(name));
                _known = known;
            }

            _routes = new RouteTableBuilder(pool, _options.Current, _known).Build();
        }
    }
}
