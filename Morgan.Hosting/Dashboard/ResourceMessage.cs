using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using Morgan.Hosting.Dashboard.Contract;
using Morgan.Hosting.Running;
using Checks = Microsoft.Extensions.Diagnostics.HealthChecks;
using Resource = Morgan.Hosting.Dashboard.Contract.Resource;

namespace Morgan.Hosting.Dashboard;

/// <summary>Makes the dashboard's message of what is known of a resource.</summary>
internal static class ResourceMessage
{
    public static Resource Of(ResourceEvent known)
    {
        var snapshot = known.Snapshot;
        var state = snapshot.State?.Text;
        var message = new Resource
        {
            Name = known.ResourceId,
            Uid = known.ResourceId,
            DisplayName = known.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = Timestamp.FromDateTime(snapshot.CreationTimeStamp ?? DateTime.UtcNow),
            StartedAt = snapshot.StartTimeStamp is { } started ? Timestamp.FromDateTime(started) : null,
            StoppedAt = snapshot.StopTimeStamp is { } stopped ? Timestamp.FromDateTime(stopped) : null,
            SupportsDetailedTelemetry = known.Resource is ProjectResource,
        };
        if (state is not null)
        {
            message.State = state;
        }

        if (snapshot.State?.Style is { } style)
        {
            message.StateStyle = style;
        }

        message.Environment.AddRange(snapshot.Environment.Select(e => new EnvironmentVariable { Name = e.Key, Value = e.Value, IsFromSpec = true }));
        message.Properties.AddRange(Properties(snapshot));
        message.Urls.AddRange(UrlMessages.Of(known.Resource, state == KnownResourceStates.Running));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(Report));
        message.Relationships.AddRange(known.Resource.Annotations.OfType<RelationshipAnnotation>()
            .Select(r => new ResourceRelationship { ResourceName = r.Resource.Name, Type = r.Type }));
        message.Commands.AddRange(CommandMessages.Of(known.Resource, state));
        return message;
    }

    private static IEnumerable<ResourceProperty> Properties(CustomResourceSnapshot snapshot)
    {
        foreach (var (name, value) in snapshot.Properties)
        {
            yield return new ResourceProperty
            {
                Name = name,
                Value = value switch
                {
                    null => Value.ForNull(),
                    double number => Value.ForNumber(number),
                    string[] texts => Value.ForList([.. texts.Select(Value.ForString)]),
                    _ => Value.ForString((string)value),
                },
            };
        }

        if (snapshot.ExitCode is { } exitCode)
        {
            yield return new ResourceProperty { Name = "resource.exitCode", Value = Value.ForNumber(exitCode) };
        }
    }

    private static HealthReport Report(HealthReportSnapshot report)
    {
        var message = new HealthReport { Key = report.Name, Description = report.Description ?? "", Exception = report.ExceptionText ?? "" };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                Checks.HealthStatus.Healthy => HealthStatus.Healthy,
                Checks.HealthStatus.Degraded => HealthStatus.Degraded,
                _ => HealthStatus.Unhealthy,
            };
        }

        return message;
    }
}
