using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Requests;

namespace Morgan.EmbeddingService.Endpoints.Tei;

/// <summary><c>GET /info</c>: the default model, as Text Embeddings Inference describes its one.</summary>
internal static class TeiInfo
{
    /// <summary>The service's version.</summary>
    public static string Version { get; } = typeof(TeiInfo).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(ModelCatalog catalog, HttpContext context)
    {
        try
        {
            var entry = catalog.Get(null);
            var model = await catalog.HoldAsync(entry, context.RequestAborted);
            var info = Describe(entry, model);
            model.Release();
            await context.Response.WriteAsJsonAsync(info, context.RequestAborted);
        }
        catch (Rejection e)
        {
            await e.Error.WriteAsync(context);
        }
    }

    private static Dictionary<string, object?> Describe(ModelEntry entry, LoadedModel model) => new()
    {
        ["model_id"] = entry.Name,
        ["model_sha"] = model.Fingerprint,
        ["model_dtype"] = model.Cache.Half ? "float16" : "float32",
        ["model_type"] = new Dictionary<string, object> { ["embedding"] = new Dictionary<string, string> { ["pooling"] = model.Pooling is { } pooling ? PoolingNames.Of(pooling) : "unknown" } },
        ["max_input_length"] = model.MaxTokens,
        ["max_batch_tokens"] = model.MaxTokensPerRun,
        ["max_client_batch_size"] = InputList.MaxCount,
        ["auto_truncate"] = !model.RefusesOverflow,
        ["version"] = Version,
    };
}
