using Morgan.EmbeddingService.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Whether a reload changed a model; a record compares its dictionaries by reference.</summary>
internal static class ModelOptionsEquality
{
    /// <summary>Whether two versions say the same.</summary>
    public static bool Same(ModelOptions a, ModelOptions b) =>
        a with { Prompts = b.Prompts, Cuda = b.Cuda } == b && Same(a.Prompts, b.Prompts) && Same(a.Cuda, b.Cuda);

    private static bool Same(Dictionary<string, string> a, Dictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var text) && text == pair.Value);
}
