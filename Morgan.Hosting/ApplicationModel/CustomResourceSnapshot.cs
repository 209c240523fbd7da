using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is known of a resource (of one replica of it) at a moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>The kind: <c>Project</c>, <c>Container</c>, <c>ConnectionString</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>What the dashboard tells of it besides.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>The state; null before anything has happened.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of the last run; null while it runs.</summary>
    public int? ExitCode { get; init; }

    /// <summary>When the resource was added, in UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When it was last started, in UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When it last ended, in UTC.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>The worst of its health checks while it runs: healthy if it has none, null while it does not run.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running ? null
        : HealthReports.Any(r => r.Status is null) ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy
        : HealthReports.Select(r => r.Status!.Value).DefaultIfEmpty(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy).Min();

    /// <summary>The last result of each health check.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    internal ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

}
