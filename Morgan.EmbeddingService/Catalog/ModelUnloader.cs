using Morgan.EmbeddingService.Inference;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Takes models out of memory and looks whether the memory came back.</summary>
internal sealed class ModelUnloader(TimeProvider time, ILogger<ModelUnloader> logger)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Unloads a model and waits until its last user is done.</summary>
    /// <returns>How it went, or null: it was not loaded.</returns>
    public async Task<UnloadReport?> UnloadAsync(ModelEntry entry, CancellationToken cancellationToken)
    {
        var before = Environment.WorkingSet;
        if (entry.Unload() is not { } model)
        {
            return null;
        }

        try
        {
            await model.Freed.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new UnloadReport(0, model.Bytes, "still in use by requests; it is freed when they end");
        }

        NativeHeap.GiveBack();
        var freed = Math.Max(0, before - Environment.WorkingSet);
        Log.ModelUnloaded(logger, entry.Name, freed);
        return new UnloadReport(freed, model.Bytes, freed < model.Bytes / 2
            ? "the runtime keeps freed memory for the next model; the process's size tells less than what is free inside it"
            : null);
    }
}
