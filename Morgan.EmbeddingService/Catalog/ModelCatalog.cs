using System.Collections.Frozen;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Requests;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>The models by name, as the configuration in force has them. The default one is loaded before the server listens.</summary>
internal sealed class ModelCatalog : IHostedLifecycleService, IDisposable
{
    private readonly IReloading<EmbeddingOptions> _options;
    private readonly ModelLoader _loader;
    private readonly ModelSource _source;
    private readonly ModelBudget _budget;
    private readonly SchedulerSet _schedulers;
    private readonly L1Cache _l1;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;
    private volatile FrozenDictionary<string, ModelEntry> _entries = FrozenDictionary<string, ModelEntry>.Empty;

    public ModelCatalog(
        IReloading<EmbeddingOptions> options, ModelLoader loader, ModelSource source, ModelBudget budget, SchedulerSet schedulers, L1Cache l1, TimeProvider time, ILogger<ModelCatalog> logger)
    {
        (_options, _loader, _source, _budget, _schedulers, _l1, _time, _logger) = (options, loader, source, budget, schedulers, l1, time, logger);
        Apply(options.Current);
        _subscription = options.OnChange(Apply);
    }

    /// <summary>Every model, by name.</summary>
    public IEnumerable<ModelEntry> Entries => _entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>The name of the model of requests that name none.</summary>
    public string DefaultName => _options.Current.DefaultModel;

    /// <summary>The model of a name, or null.</summary>
    public ModelEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The model that a request asks for.</summary>
    /// <param name="name">Its name; null or empty: the default.</param>
    /// <exception cref="Rejection">404: there is none of that name; names the nearest.</exception>
    public ModelEntry Get(string? name)
    {
        var asked = string.IsNullOrEmpty(name) ? DefaultName : name;
        return Find(asked) ?? throw new Rejection(OpenAiError.ModelNotFound(
            $"The model '{asked}' does not exist. Did you mean '{Nearest.To(asked, _entries.Keys)}'?"));
    }

    /// <summary>Holds a model that a request asks for.</summary>
    /// <exception cref="Rejection">503: it cannot be loaded.</exception>
    public ValueTask<LoadedModel> HoldAsync(ModelEntry entry, CancellationToken cancellationToken)
    {
        var held = entry.HoldAsync(cancellationToken);
        return held.IsCompletedSuccessfully ? held : new(ExplainAsync(entry, held));
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var entry = Get(null);
        if (entry.Options.Backend == Backends.Remote)
        {
            return;
        }

        if (_source.IsFarAway(entry.Options))
        {
            // A download may take longer than an orchestrator waits for a server; meanwhile /health says so.
            _ = LoadInBackgroundAsync(entry);
            return;
        }

        var model = await entry.HoldAsync(cancellationToken);
        model.Release();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription.Dispose();

    private async Task LoadInBackgroundAsync(ModelEntry entry)
    {
        try
        {
            (await HoldAsync(entry, CancellationToken.None)).Release();
        }
        catch (Rejection)
        {
            // Logged already, and /health tells.
        }
    }

    private async Task<LoadedModel> ExplainAsync(ModelEntry entry, ValueTask<LoadedModel> held)
    {
        try
        {
            return await held;
        }
        catch (ConfigurationException e)
        {
            Log.ModelNotLoaded(_logger, entry.Name, e.Message);
            throw new Rejection(new OpenAiError(
                503, "server_error", "model_unavailable", $"The model '{entry.Name}' could not be loaded; the service's log says why.", "model"));
        }
    }

    // A model whose options are as before stays as it is; one that is gone or changed is unloaded when its users are done.
    private void Apply(EmbeddingOptions options)
    {
        var wanted = new Dictionary<string, ModelOptions>(options.Models, StringComparer.Ordinal);
        wanted.TryAdd(EmbeddingOptions.ShippedModel, new ModelOptions { Source = ModelSource.ShippedFolder });
        var before = _entries;
        _entries = wanted.ToFrozenDictionary(
            pair => pair.Key,
            pair => before.TryGetValue(pair.Key, out var entry) && ModelOptionsEquality.Same(entry.Options, pair.Value)
                ? entry
                : new ModelEntry(pair.Key, pair.Value, _loader, _budget, _time),
            StringComparer.Ordinal);
        foreach (var (name, entry) in before)
        {
            if (!ReferenceEquals(_entries.GetValueOrDefault(name), entry))
            {
                entry.Unload();
            }
        }

        _budget.Apply(options.MaxModelBytes, options.DefaultModel);
        _l1.MaxBytes = options.Cache.L1Bytes;
        _schedulers.Apply(options.Batching);
    }
}
