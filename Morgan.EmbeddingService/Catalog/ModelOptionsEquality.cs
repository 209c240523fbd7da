using Morgan.EmbeddingService.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Whether a reload changed a model; a record compares its dictionary by reference.</summary>
internal static class ModelOptionsEquality
{
    /// <summary>Whether two versions say the same.</summary>
    public static bool Same(ModelOptions a, ModelOptions b) =>
        a with { Prompts = b.Prompts } == b
        && a.Prompts.Count == b.Prompts.Count
        && a.Prompts.All(prompt => b.Prompts.TryGetValue(prompt.Key, out var text) && text == prompt.Value);
}
