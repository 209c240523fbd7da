using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.LlmService.Endpoints;

namespace Morgan.LlmService.Admin;

/// <summary>Degraded while the configured embedding service does not answer.</summary>
internal sealed class EmbeddingHealth(EmbeddingLink link) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            !link.IsConfigured ? HealthCheckResult.Healthy("none is configured (Llm:Embedding:Url)")
            : link.IsUp ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded("the embedding service does not answer"));
}
