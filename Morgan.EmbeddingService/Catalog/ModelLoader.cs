using Microsoft.ML.OnnxRuntime;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog.Layouts;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Remote;
using Morgan.EmbeddingService.Tokenizers;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Brings a model from its folder into memory and runs it once.</summary>
internal sealed class ModelLoader(
    Scheduler scheduler,
    RemoteLoader remote,
    ModelSource source,
    L1Cache l1,
    L2Writer l2,
    CacheEpoch epoch,
    IReloading<EmbeddingOptions> options,
    TimeProvider time,
    ILogger<ModelLoader> logger)
{
    private const int FallbackMaxTokens = 512;

    // Past this many tokens a run gains nothing on a CPU, and others wait for it.
    private const int CpuRunTokens = 512;

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
        return await Task.Run(() => Load(name, model, ModelFolder.Open(folder, key), makeRoom));
    }

    private LoadedModel Load(string name, ModelOptions model, ModelFolder folder, Action<long> makeRoom)
    {
        var (began, key) = (time.GetTimestamp(), folder.Key);
        var plan = ModelLayout.Read(folder, model);
        makeRoom(ModelBudget.BytesOf(plan));
        var tokenizer = LoadTokenizer(plan, key);
        var engine = OpenEngine(plan, tokenizer, key);
        try
        {
            var loaded = Complete(name, model, plan, tokenizer, engine, key);
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

    private LoadedModel Complete(string name, ModelOptions model, ModelPlan plan, ITokenizer tokenizer, OnnxEngine engine, string key)
    {
        var (batching, cache) = (options.Current.Batching, options.Current.Cache);
        var maxTokens = MaxTokens(model, plan, tokenizer, key);
        var couples = CouplingProbe.Run(engine, tokenizer.VocabularySize, maxTokens) > CouplingProbe.Tolerance;
        var exact = batching.Deterministic || !couples;
        var fingerprint = ModelFingerprint.Of(plan, tokenizer.Fingerprint, maxTokens, cache.Precision, exact);
        return new LoadedModel(Free)
        {
            Name = name,
            Fingerprint = fingerprint,
            Backend = plan.Backend,
            Bytes = ModelBudget.BytesOf(plan),
            FileBytes = plan.GraphFiles.Sum(file => new FileInfo(file).Length),
            Device = Devices.Cpu,
            Pooling = plan.Pooling,
            Tokenizer = tokenizer,
            Engine = engine,
            Runner = scheduler,
            Dimensions = engine.Dimensions,
            Cache = new ModelCache(
                l1.Add(engine.Dimensions), new KeySpace(fingerprint, epoch), cache.Precision == Precisions.Float16, l2),
            MaxTokens = maxTokens,
            RefusesOverflow = model.OnOverflow == Overflow.Error,
            MaxTextsPerRun = couples && batching.Deterministic ? 1 : int.MaxValue,
            MaxTokensPerRun = Math.Min(batching.MaxBatchTokens, CpuRunTokens),
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

    private static OnnxEngine OpenEngine(ModelPlan plan, ITokenizer tokenizer, string key)
    {
        InferenceSession? session = null;
        try
        {
            using var setup = SessionSetup.ForCpu();
            session = new InferenceSession(plan.GraphFile, setup);
            var signature = GraphSignature.Read(session, plan.IsPoolingNamed, $"{key}:File");
            return new OnnxEngine(session, signature, new EngineOptions(plan.Pooling, plan.Dense, tokenizer.PadId, plan.Normalize));
        }
        catch (Exception e) when (e is OnnxRuntimeException or InferenceException)
        {
            session?.Dispose();
            throw new ConfigurationException($"{key}:Source: {plan.GraphFile} is not a model that can be run: {e.Message}", e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
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
