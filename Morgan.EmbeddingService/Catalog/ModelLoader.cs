using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog.Layouts;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Remote;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Brings a model from its folder into memory and runs it once.</summary>
internal sealed class ModelLoader(
    SchedulerSet schedulers,
    SessionOpener sessions,
    RemoteLoader remote,
    ModelSource source,
    L1Cache l1,
    L2Writer l2,
    CacheEpoch epoch,
    RedisKeys names,
    IReloading<EmbeddingOptions> options,
    TimeProvider time,
    ILogger<ModelLoader> logger)
{
    private const int FallbackMaxTokens = 512;

    // A GPU needs more work at once than a CPU.
    private const int GpuBatches = 4;

    // Where nothing is measured: past this many tokens a run gains nothing on a CPU, and others wait for it.
    private const int CpuRunTokens = 512;

    private const double Giga = 1e9;

    private double _peak;

    /// <summary>Loads a model, off the caller's thread.</summary>
    /// <param name="name">Its public name.</param>
    /// <param name="model">Its options.</param>
    /// <param name="makeRoom">Is told how many bytes the model will take, before it takes them.</param>
    /// <exception cref="ConfigurationException">It cannot be loaded; names the key and what is wrong.</exception>
    public async Task<LoadedModel> LoadAsync(string name, ModelOptions model, Action<long> makeRoom)
    {
        if (model.Backend == Backends.Remote)
        {
            return await remote.LoadAsync(name, model);
        }

        var key = $"{EmbeddingOptions.Section}:Models:{name}";
        var folder = await source.FolderOfAsync(model, key, CancellationToken.None);
        try
        {
            return await Task.Run(() => Load(name, model, ModelFolder.Open(folder, key), makeRoom));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException or OverflowException)
        {
            throw new ConfigurationException($"{key}:Source: the files of {folder} can't be used: {e.Message}", e);
        }
    }

    private LoadedModel Load(string name, ModelOptions model, ModelFolder folder, Action<long> makeRoom)
    {
        var (began, key) = (time.GetTimestamp(), folder.Key);
        var plan = ModelLayout.Read(folder, model);
        makeRoom(ModelBudget.BytesOf(plan));
        var tokenizer = LoadTokenizer(plan, key);
        var opened = sessions.Open(plan.GraphFile, model, key);
        var engine = OpenEngine(opened, plan, tokenizer, key);
        try
        {
            var loaded = Complete(name, model, plan, tokenizer, engine, opened.Device, key);
            Log.ModelLoaded(logger, name, plan.Backend, loaded.Dimensions, loaded.MaxTokens, time.GetElapsedTime(began).TotalMilliseconds);
            return loaded;
        }
        catch (InferenceException e)
        {
            engine.Dispose();
            throw new ConfigurationException($"{key}:Source: {plan.GraphFile} cannot be run: {e.Message}", e);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    private LoadedModel Complete(string name, ModelOptions model, ModelPlan plan, ITokenizer tokenizer, OnnxEngine engine, string device, string key)
    {
        var (batching, cache) = (options.Current.Batching, options.Current.Cache);
        var maxTokens = MaxTokens(model, plan, tokenizer, key);
        var couples = CouplingProbe.Run(engine, tokenizer.VocabularySize, maxTokens) > CouplingProbe.Tolerance;
        var exact = batching.Deterministic || !couples;
        var maxTexts = couples && batching.Deterministic ? 1 : int.MaxValue;
        var scheduler = schedulers.Of(device);
        var tokensPerRun = device == Devices.Cpu
            ? Calibrate(name, plan, engine, tokenizer, maxTokens, maxTexts, scheduler)
            : batching.MaxBatchTokens * GpuBatches;
        var fingerprint = ModelFingerprint.Of(plan, tokenizer.Fingerprint, maxTokens, cache.Precision, exact);
        return new LoadedModel(Free)
        {
            Name = name,
            Fingerprint = fingerprint,
            Backend = plan.Backend,
            Bytes = ModelBudget.BytesOf(plan),
            FileBytes = plan.GraphFiles.Sum(file => new FileInfo(file).Length),
            Device = device,
            Pooling = plan.Pooling,
            Tokenizer = tokenizer,
            Engine = engine,
            Runner = scheduler,
            Dimensions = engine.Dimensions,
            Cache = new ModelCache(
                l1.Add(engine.Dimensions), new KeySpace(names, fingerprint, epoch), cache.Precision == Precisions.Float16, l2),
            MaxTokens = maxTokens,
            RefusesOverflow = model.OnOverflow == Overflow.Error,
            MaxTextsPerRun = maxTexts,
            MaxTokensPerRun = tokensPerRun,
            Prompts = plan.Prompts,
            DefaultPrompt = plan.DefaultPrompt,
            IsNormalized = plan.Normalize,
        };
    }

    private void Free(LoadedModel model)
    {
        l1.Remove(model.Cache.L1);
        model.Engine?.Dispose();
    }

    private static ITokenizer LoadTokenizer(ModelPlan plan, string key)
    {
        try
        {
            return TokenizerLoader.Load(plan.TokenizerFolder);
        }
        catch (Exception e) when (e is TokenizerFormatException or IOException)
        {
            throw new ConfigurationException($"{key}:Source: {e.Message}", e);
        }
    }

    private static OnnxEngine OpenEngine(OpenSession opened, ModelPlan plan, ITokenizer tokenizer, string key)
    {
        try
        {
            var signature = GraphSignature.Read(opened.Session, plan.IsPoolingNamed, $"{key}:File");
            var finish = new EngineOptions(plan.Pooling, plan.Dense, tokenizer.PadId, plan.Normalize, UseBinding: opened.Device != Devices.Cpu);
            return new OnnxEngine(opened.Session, signature, finish);
        }
        catch (InferenceException e)
        {
            opened.Session.Dispose();
            throw new ConfigurationException($"{key}:Source: {plan.GraphFile} is not a model that can be run: {e.Message.ReplaceLineEndings(" ")}", e);
        }
        catch
        {
            opened.Session.Dispose();
            throw;
        }
    }

    // The first model tells how many callers this machine feeds; each model how many tokens a run should have.
    private int Calibrate(
        string name, ModelPlan plan, OnnxEngine engine, ITokenizer tokenizer, int maxTokens, int maxTexts, Scheduler scheduler)
    {
        var batching = options.Current.Batching;
        if (batching.Callers > 0)
        {
            return Math.Min(batching.MaxBatchTokens, CpuRunTokens);
        }

        var best = Calibration.Measure(engine, tokenizer.VocabularySize, maxTokens, maxTexts, scheduler.MeasuredCallers);
        scheduler.MeasuredCallers = best.Callers;
        scheduler.MaxCallers = best.Callers;
        _peak = Math.Max(_peak, FloatPeak.Measure());
        var share = best.TokensPerSecond * 2 * GraphWeights.Count(plan.GraphFile) / (_peak * best.Callers);
        Log.Calibrated(logger, name, best.TokensPerSecond, best.Callers, best.TokensPerRun, 100 * share, _peak * best.Callers / Giga);
        return Math.Min(batching.MaxBatchTokens, best.TokensPerRun);
    }

    private static int MaxTokens(ModelOptions model, ModelPlan plan, ITokenizer tokenizer, string key)
    {
        if (model.MaxTokens > plan.MaxPositions)
        {
            throw new ConfigurationException($"{key}:MaxTokens: the model has {plan.MaxPositions} positions, {model.MaxTokens} do not fit");
        }

        var told = plan.MaxTokens ?? tokenizer.MaxTokens;
        var limit = Math.Min(told ?? plan.MaxPositions ?? FallbackMaxTokens, plan.MaxPositions ?? int.MaxValue);
        return limit > tokenizer.SpecialTokenCount
            ? limit
            : throw new ConfigurationException($"{key}:MaxTokens: {limit} leaves no room beside the {tokenizer.SpecialTokenCount} special tokens");
    }
}
