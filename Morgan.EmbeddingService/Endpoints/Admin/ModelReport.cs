using Morgan.EmbeddingService.Catalog;

namespace Morgan.EmbeddingService.Endpoints.Admin;

/// <summary>A model as <c>GET /admin/models</c> shows it.</summary>
/// <param name="Id">The public name.</param>
/// <param name="Source">The folder or repository.</param>
/// <param name="State">unloaded, loading, loaded or failed.</param>
/// <param name="Backend">The layout, once loaded.</param>
/// <param name="Device">Where it runs, once loaded.</param>
/// <param name="Dimensions">The length of its vectors, once loaded.</param>
/// <param name="MaxTokens">Where texts are cut, once loaded.</param>
/// <param name="Pooling">How token vectors are pooled, once loaded.</param>
/// <param name="Fingerprint">What decides its vectors, once loaded.</param>
/// <param name="TextsPerRun">1 where its texts run one by one, so that a vector depends on its own text alone.</param>
/// <param name="FileBytes">The bytes of its graph.</param>
/// <param name="IdleSeconds">How long nobody has asked for it.</param>
/// <param name="KeepAliveSeconds">The idle time after which it is unloaded; null: never.</param>
/// <param name="Error">Why the last load failed.</param>
internal sealed record ModelReport(
    string Id,
    string Source,
    string State,
    string? Backend,
    string? Device,
    int? Dimensions,
    int? MaxTokens,
    string? Pooling,
    string? Fingerprint,
    int? TextsPerRun,
    long? FileBytes,
    double IdleSeconds,
    double? KeepAliveSeconds,
    string? Error)
{
    /// <summary>Describes a model.</summary>
    public static ModelReport Of(ModelEntry entry)
    {
        var model = entry.Loaded;
        return new ModelReport(
            entry.Name,
            entry.Options.Source,
            entry.State.ToString().ToLowerInvariant(),
            model?.Backend,
            model?.Device,
            model?.Dimensions,
            model?.MaxTokens,
            model?.Pooling is { } pooling ? Inference.PoolingNames.Of(pooling) : null,
            model?.Fingerprint,
            model?.MaxTextsPerRun,
            model?.FileBytes,
            Math.Round(entry.IdleFor.TotalSeconds, 1),
            entry.Options.KeepAlive?.TotalSeconds,
            entry.Failure?.Message);
    }
}
