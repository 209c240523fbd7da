using System.Security.Cryptography;
using System.Text;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.EmbeddingService.Remote;

/// <summary>Makes a remote model ready: asks a host once, to learn how long its vectors are.</summary>
internal sealed class RemoteLoader(
    RemoteHosts hosts, L1Cache l1, L2Writer l2, CacheEpoch epoch, RedisKeys names, IReloading<EmbeddingOptions> options, EmbeddingMetrics metrics, TimeProvider time)
{
    /// <summary>Makes the model ready.</summary>
    /// <exception cref="Requests.Rejection">No host answered.</exception>
    public async Task<LoadedModel> LoadAsync(string name, ModelOptions model)
    {
        var remote = new RemoteModel(name, model.Source);
        var answer = await hosts.EmbedAsync(remote, ["dimensions"], CancellationToken.None);
        var dimensions = answer.Vectors[0].Length;
        var (precision, normalize) = (options.Current.Cache.Precision, model.Normalize ?? false);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            $"morgan remote 1\n{name}\n{model.Source}\n{dimensions}\n{normalize}\n{precision}\n")).AsSpan(0, 16));
        return new LoadedModel(loaded => l1.Remove(loaded.Cache.L1))
        {
            Name = name,
            Fingerprint = fingerprint,
            Backend = Backends.Remote,
            Device = Backends.Remote,
            Bytes = 0,
            FileBytes = 0,
            Pooling = null,
            Tokenizer = null,
            Engine = null,
            Runner = new RemoteRunner(remote, hosts, options, metrics, time),
            Dimensions = dimensions,
            Cache = new ModelCache(l1.Add(dimensions), new KeySpace(names, fingerprint, epoch), precision == Precisions.Float16, l2),
            MaxTokens = model.MaxTokens ?? int.MaxValue,
            RefusesOverflow = false,
            MaxTextsPerRun = int.MaxValue,
            MaxTokensPerRun = int.MaxValue,
            Prompts = model.Prompts,
            DefaultPrompt = model.DefaultPrompt,
            IsNormalized = normalize,
        };
    }
}
