using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.HuggingFace;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Where a model's files are: a folder of this machine, or a repository of the Hugging Face hub.</summary>
internal sealed class ModelSource(HubCache hub, IHostEnvironment environment)
{
    /// <summary>The folder of the model that Morgan ships, beside the service's own files.</summary>
    public static string ShippedFolder { get; } = Path.Combine(AppContext.BaseDirectory, "models", EmbeddingOptions.ShippedModel);

    /// <summary>Whether the model's files may have to be downloaded first.</summary>
    public bool IsFarAway(ModelOptions model) => !Directory.Exists(PathOf(model)) && HubCache.IsRepository(model.Source);

    /// <summary>The model's folder, downloaded if need be.</summary>
    /// <exception cref="ConfigurationException">It cannot be had.</exception>
    public async Task<string> FolderOfAsync(ModelOptions model, string key, CancellationToken cancellationToken)
    {
        var path = PathOf(model);
        if (Directory.Exists(path))
        {
            return path;
        }

        return HubCache.IsRepository(model.Source)
            ? await hub.GetAsync(model.Source, model.Revision, model.File, key, cancellationToken)
            : throw new ConfigurationException(
                $"{key}:Source: there is no folder {path}, and '{model.Source}' is no repository id such as sentence-transformers/all-MiniLM-L6-v2");
    }

    private string PathOf(ModelOptions model) => Path.GetFullPath(model.Source, environment.ContentRootPath);
}
