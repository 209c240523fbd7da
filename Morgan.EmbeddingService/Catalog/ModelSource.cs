using Morgan.EmbeddingService.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Where a model's files are.</summary>
internal static class ModelSource
{
    /// <summary>The folder of the model that Morgan ships, beside the service's own files.</summary>
    public static string ShippedFolder { get; } = Path.Combine(AppContext.BaseDirectory, "models", EmbeddingOptions.ShippedModel);

    /// <summary>The model's folder.</summary>
    /// <exception cref="ConfigurationException">There is no such folder.</exception>
    public static string FolderOf(ModelOptions model, string key)
    {
        var path = Path.GetFullPath(model.Source, AppContext.BaseDirectory);
        return Directory.Exists(path) ? path : throw new ConfigurationException($"{key}:Source: there is no folder {path}");
    }
}
