using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Admin;

/// <summary>
/// Degraded while a host is unhealthy or none can be used: the gateway itself works, so it stays in its load balancer's
/// rotation and says which hosts are in trouble.
/// </summary>
internal sealed class HostsHealth(HostRegistry registry) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var views = registry.Current.Hosts.Select(host => host.Describe()).ToArray();
        var states = views.ToDictionary(view => view.Name, object (view) => HostCondition.Of(view), StringComparer.OrdinalIgnoreCase);
        var down = views.Where(view => view.Enabled && Word(view) is not ("healthy" or "unknown")).Select(view => $"{view.Name} is {Word(view)}").ToArray();
        return Task.FromResult(
            views.Length == 0 ? HealthCheckResult.Degraded("no host is configured (Llm:Hosts)")
            : down.Length > 0 ? HealthCheckResult.Degraded(string.Join(", ", down), data: states)
            : HealthCheckResult.Healthy($"{views.Length} hosts", states));
    }

    private static string Word(HostView view) => view.Circuit.State == "open" ? "open" : view.State;
}
