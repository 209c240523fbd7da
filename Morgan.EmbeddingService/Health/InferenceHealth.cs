using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Catalog;

namespace Morgan.EmbeddingService.Health;

/// <summary>Healthy once a real inference has run, and not while one hangs.</summary>
internal sealed class InferenceHealth(ModelCatalog catalog, SchedulerSet schedulers) : IHealthCheck
{
    /// <summary>A run that takes longer than this hangs: the longest text on the slowest machine takes a fraction.</summary>
    public static readonly TimeSpan Hangs = TimeSpan.FromSeconds(60);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var running = schedulers.LongestRun;
        if (running > Hangs)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy($"an inference has been running for {running.TotalSeconds:0} s"));
        }

        var model = catalog.Get(null);
        return Task.FromResult(model.State switch
        {
            ModelState.Loaded => HealthCheckResult.Healthy($"{model.Name} has run"),
            ModelState.Unloaded => HealthCheckResult.Healthy($"{model.Name} is unloaded and comes back with the next request"),
            ModelState.Loading => HealthCheckResult.Unhealthy($"{model.Name} is being loaded"),
            _ => HealthCheckResult.Unhealthy($"{model.Name} could not be loaded: {model.Failure?.Message}"),
        });
    }
}
