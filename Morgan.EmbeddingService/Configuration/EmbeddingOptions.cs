using Morgan.Upstreams.Configuration;

namespace Morgan.EmbeddingService.Configuration;

/// <summary>Section <c>Embedding</c>: the models, how their work is batched and how their vectors are cached.</summary>
internal sealed class EmbeddingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Embedding";

    /// <summary>The model that Morgan ships, always there under this name unless <see cref="Models"/> says otherwise.</summary>
    public const string ShippedModel = "use-lite";

    /// <summary>The model of requests that name none [use-lite]. Loaded at start.</summary>
    public string DefaultModel { get; set; } = ShippedModel;

    /// <summary>The models by public name.</summary>
    public Dictionary<string, ModelOptions> Models { get; set; } = new(StringComparer.Ordinal);

    /// <summary>
    /// How many bytes all loaded models together may take, estimated by their files [0: three quarters of the memory
    /// that the process may use]. Models that are idle longest are unloaded to make room.
    /// </summary>
    public long MaxModelBytes { get; set; }

    /// <summary>How texts are put together for a run of a model.</summary>
    public BatchingOptions Batching { get; set; } = new();

    /// <summary>How vectors are kept.</summary>
    public CacheOptions Cache { get; set; } = new();

    /// <summary>The hosts of models with the backend <c>remote</c>, and how to call them.</summary>
    public UpstreamOptions Remote { get; set; } = new();
}
