using Morgan.EmbeddingService.Inference;
using Morgan.Upstreams.Configuration;

namespace Morgan.EmbeddingService.Configuration;

/// <summary>Checks a version of the section; each message names its key and what is valid.</summary>
internal static class EmbeddingValidation
{
    private const int MaxTokens = 1 << 20;
    private const int MaxQueue = 1 << 30;
    private const int MaxCallers = 1024;

    public static IEnumerable<string> Check(EmbeddingOptions options)
    {
        foreach (var problem in CheckBatching(options.Batching).Concat(CheckCache(options.Cache)))
        {
            yield return problem;
        }

        foreach (var problem in UpstreamOptionsValidator.Validate(options.Remote, "Embedding:Remote"))
        {
            yield return problem;
        }

        if (options.MaxModelBytes < 0)
        {
            yield return $"Embedding:MaxModelBytes: must be 0 (three quarters of the memory) or more, is {options.MaxModelBytes}";
        }

        foreach (var problem in options.Models.SelectMany(model => CheckModel($"Embedding:Models:{model.Key}", model.Value)))
        {
            yield return problem;
        }

        foreach (var (name, model) in options.Models)
        {
            if (model.Backend == Backends.Remote && options.Remote.Hosts.Count == 0)
            {
                yield return $"Embedding:Remote:Hosts: the model '{name}' is remote, and there is no host";
            }
        }

        if (options.DefaultModel != EmbeddingOptions.ShippedModel && !options.Models.ContainsKey(options.DefaultModel ?? ""))
        {
            yield return $"Embedding:DefaultModel: there is no model '{options.DefaultModel}' in Embedding:Models";
        }
    }

    private static IEnumerable<string> CheckBatching(BatchingOptions batching)
    {
        if (batching.MaxBatchTokens is < 1 or > MaxTokens)
        {
            yield return $"Embedding:Batching:MaxBatchTokens: must be 1 to {MaxTokens}, is {batching.MaxBatchTokens}";
        }

        if (batching.MaxQueuedTokens is < 1 or > MaxQueue)
        {
            yield return $"Embedding:Batching:MaxQueuedTokens: must be 1 to {MaxQueue}, is {batching.MaxQueuedTokens}";
        }

        if (batching.Callers is < 0 or > MaxCallers)
        {
            yield return $"Embedding:Batching:Callers: must be 0 (measured) to {MaxCallers}, is {batching.Callers}";
        }
    }

    private static IEnumerable<string> CheckCache(CacheOptions cache)
    {
        if (cache.L1Bytes < 0)
        {
            yield return $"Embedding:Cache:L1Bytes: must be 0 (off) or more, is {cache.L1Bytes}";
        }

        if (cache.L2Ttl < TimeSpan.FromSeconds(1) || cache.L2Ttl > TimeSpan.FromDays(3650))
        {
            yield return $"Embedding:Cache:L2Ttl: must be 00:00:01 to 3650.00:00:00, is {cache.L2Ttl}";
        }

        if (cache.L2ReadBudget < TimeSpan.FromMilliseconds(1) || cache.L2ReadBudget > TimeSpan.FromSeconds(10))
        {
            yield return $"Embedding:Cache:L2ReadBudget: must be 00:00:00.001 to 00:00:10, is {cache.L2ReadBudget}";
        }

        if (cache.Precision is not (Precisions.Float32 or Precisions.Float16))
        {
            yield return $"Embedding:Cache:Precision: must be {Precisions.Float32} or {Precisions.Float16}, is '{cache.Precision}'";
        }
    }

    private static IEnumerable<string> CheckModel(string key, ModelOptions model)
    {
        if (!Backends.All.Contains(model.Backend))
        {
            yield return $"{key}:Backend: must be one of {string.Join(", ", Backends.All)}, is '{model.Backend}'";
        }

        if (model.Source.Length == 0)
        {
            yield return $"{key}:Source: is missing; a folder, or a Hugging Face repository id such as sentence-transformers/all-MiniLM-L6-v2";
        }

        if (model.Pooling is { } pooling && !PoolingNames.TryParse(pooling, out _))
        {
            yield return $"{key}:Pooling: must be one of {string.Join(", ", PoolingNames.All)}, is '{pooling}'";
        }

        if (model.MaxTokens is < 1 or > MaxTokens)
        {
            yield return $"{key}:MaxTokens: must be 1 to {MaxTokens}, is {model.MaxTokens}";
        }

        if (model.OnOverflow is not (Overflow.Truncate or Overflow.Error))
        {
            yield return $"{key}:OnOverflow: must be {Overflow.Truncate} or {Overflow.Error}, is '{model.OnOverflow}'";
        }

        if (model.Device is not (Devices.Auto or Devices.Cpu or Devices.Cuda))
        {
            yield return $"{key}:Device: must be {Devices.Auto}, {Devices.Cpu} or {Devices.Cuda}, is '{model.Device}'";
        }

        if (model.KeepAlive < TimeSpan.Zero)
        {
            yield return $"{key}:KeepAlive: must be 00:00:00 or more, is {model.KeepAlive}";
        }
    }
}
