using Morgan.EmbeddingService.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>One configured model: loaded when it is first needed, by one load however many ask for it at once.</summary>
internal sealed class ModelEntry(string name, ModelOptions options, ModelLoader loader, ModelBudget budget, TimeProvider time)
{
    /// <summary>For so long a failed load is the answer; then it is tried again.</summary>
    private static readonly TimeSpan FailureLasts = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private LoadedModel? _loaded;
    private Task<LoadedModel>? _loading;
    private Exception? _failure;
    private long _failedAt;
    private long _lastUsed = time.GetTimestamp();

    /// <summary>The public name.</summary>
    public string Name { get; } = name;

    /// <summary>How it is configured.</summary>
    public ModelOptions Options { get; } = options;

    /// <summary>The model, where it is in memory.</summary>
    public LoadedModel? Loaded => Volatile.Read(ref _loaded);

    /// <summary>How long nobody has asked for it.</summary>
    public TimeSpan IdleFor => time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>Why the last load failed, if it did.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>What it is doing.</summary>
    public ModelState State
    {
        get
        {
            lock (_gate)
            {
                return _loaded is not null ? ModelState.Loaded
                    : _loading is not null ? ModelState.Loading
                    : _failure is not null ? ModelState.Failed
                    : ModelState.Unloaded;
            }
        }
    }

    /// <summary>Holds the model, loading it first if it is not there. The caller lets go of it by <see cref="LoadedModel.Release"/>.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">It cannot be loaded.</exception>
    public ValueTask<LoadedModel> HoldAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastUsed, time.GetTimestamp());
        return Loaded is { } loaded && loaded.TryHold() ? ValueTask.FromResult(loaded) : new(HoldSlowAsync(cancellationToken));
    }

    /// <summary>Takes the model out of memory as soon as nobody uses it.</summary>
    /// <returns>The model that was there, or null.</returns>
    public LoadedModel? Unload()
    {
        LoadedModel? before;
        lock (_gate)
        {
            (before, _loaded) = (_loaded, null);
        }

        if (before is not null)
        {
            budget.Return(this);
            before.Release();
        }

        return before;
    }

    private async Task<LoadedModel> HoldSlowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var loaded = await Load().WaitAsync(cancellationToken);
            if (loaded.TryHold())
            {
                return loaded;
            }
        }
    }

    private Task<LoadedModel> Load()
    {
        lock (_gate)
        {
            if (_loaded is { } loaded)
            {
                return Task.FromResult(loaded);
            }

            if (_failure is ConfigurationException failure && time.GetElapsedTime(_failedAt) < FailureLasts)
            {
                return Task.FromException<LoadedModel>(failure);
            }

            return _loading ??= LoadNowAsync();
        }
    }

    private async Task<LoadedModel> LoadNowAsync()
    {
        await Task.Yield();
        try
        {
            var loaded = await loader.LoadAsync(Name, Options, bytes => budget.MakeRoom(this, bytes));
            lock (_gate)
            {
                (_loaded, _loading, _failure) = (loaded, null, null);
            }

            return loaded;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                (_loading, _failure, _failedAt) = (null, e, time.GetTimestamp());
            }

            budget.Return(this);

            throw;
        }
    }
}
