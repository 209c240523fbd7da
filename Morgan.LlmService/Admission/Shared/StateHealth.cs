using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>Tells how the shared books are kept; never more than degraded, for requests go on without them.</summary>
internal sealed class StateHealth(SharedBooks books) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var store = books.Store;
        return Task.FromResult(
            !store.IsConfigured ? HealthCheckResult.Healthy("no connection string 'state' or 'cache': this replica keeps its limits for itself alone")
            : !store.IsAtomic ? HealthCheckResult.Degraded($"the store mixes scripts up, so each of {books.Sharers} replicas grants its share of the limits (Garnet: LuaTransactionMode)")
            : !store.IsUp ? HealthCheckResult.Degraded($"away or slow{(store.Trouble is { } trouble ? $" ({trouble})" : "")}: each of {books.Sharers} replicas grants its share of the limits")
            : HealthCheckResult.Healthy(store.IsCache
                ? "limits are kept in the cache, which may evict them: set ConnectionStrings:state to a store that does not"
                : $"shared by {books.Replicas} replicas"));
    }
}
