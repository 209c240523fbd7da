using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog.Layouts;

/// <summary>
/// Reads sentence-transformers' pooling module:
/// <c>{"word_embedding_dimension":384,"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true,…}</c>, or since
/// version 5 <c>{"pooling_mode":"mean"}</c>.
/// </summary>
internal static class PoolingConfig
{
    private const string Prefix = "pooling_mode_";

    /// <summary>The pooling of a file, or null: there is no such file.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">The file asks for a pooling that Morgan does not have.</exception>
    public static Pooling? Read(ModelFolder folder, string file)
    {
        if (folder.Json(file) is not { } json)
        {
            return null;
        }

        string[] modes = json.Text("pooling_mode") is { } one
            ? [one]
            : [.. json.Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal) && json.IsTrue(pair.Key)).Select(pair => pair.Key[Prefix.Length..])];
        return modes switch
        {
            ["cls_token" or "cls"] => Pooling.Cls,
            ["mean_tokens" or "mean"] => Pooling.Mean,
            ["max_tokens" or "max"] => Pooling.Max,
            ["lasttoken"] => Pooling.LastToken,
            _ => throw folder.Wrong(file, $"asks for the pooling '{string.Join(" and ", modes)}'; Morgan has one of {string.Join(", ", PoolingNames.All)}"),
        };
    }
}
