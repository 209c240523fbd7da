using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.Hosting.Running;

/// <summary>Runs the health checks of a resource while it runs: often until it is healthy, seldom then.</summary>
internal sealed class HealthWatcher(IResource resource, HealthCheckService checks, RunContext run)
{
    private static readonly TimeSpan UntilHealthy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan OnceHealthy = TimeSpan.FromSeconds(5);
    private readonly string[] _keys = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key)];

    /// <summary>Watches until it is cancelled.</summary>
    /// <param name="replicaIds">The replicas: they share one address, so they share the result.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task RunAsync(IReadOnlyList<string> replicaIds, CancellationToken cancellationToken)
    {
        var said = false;
        while (_keys.Length > 0)
        {
            await run.Notifications.WaitForResourceAsync(resource.Name, cancellationToken: cancellationToken);
            var report = await checks.CheckHealthAsync(check => _keys.Contains(check.Name), cancellationToken);
            var reports = report.Entries
                .Select(e => new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.Message)).ToImmutableArray();
            foreach (var id in replicaIds)
            {
                run.Notifications.Publish(resource, id, s => s!.State?.Text != KnownResourceStates.Running || s.HealthReports.SequenceEqual(reports)
                    ? s
                    : s with { HealthReports = reports });
            }

            if (!said && (said = report.Status == HealthStatus.Healthy))
            {
                var urls = resource.Annotations.OfType<EndpointAnnotation>().Select(e => new EndpointReference((IResourceWithEndpoints)resource, e.Name).Url);
                Log.Healthy(run.Logger, resource.Name, string.Join(", ", urls));
            }

            await Task.Delay(report.Status == HealthStatus.Healthy ? OnceHealthy : UntilHealthy, cancellationToken);
        }
    }
}
