namespace Morgan.EmbeddingService.Catalog;

/// <summary>Unloads models that nobody has asked for longer than their <c>KeepAlive</c>.</summary>
internal sealed class IdleModels(ModelCatalog catalog, ModelUnloader unloader, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var entry in catalog.Entries)
            {
                if (entry.Loaded is not null && entry.IdleFor >= entry.Options.KeepAlive)
                {
                    await unloader.UnloadAsync(entry, stoppingToken);
                }
            }
        }
    }
}
