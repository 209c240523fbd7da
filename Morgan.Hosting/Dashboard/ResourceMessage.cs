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
        message.Urls.AddRange(Urls(known.Resource, state == KnownResourceStates.Running));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(Report));
        message.Relationships.AddRange(known.Resource.Annotations.OfType<RelationshipAnnotation>()
            .Select(r => new ResourceRelationship { ResourceName = r.Resource.Name, Type = r.Type }));
        if (Replica.RunsAsProcess(known.Resource))
        {
            message.Commands.AddRange(Commands(state));
        }

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

    private static IEnumerable<Url> Urls(IResource resource, bool running) => resource.Annotations.OfType<EndpointAnnotation>()
        .Select((endpoint, i) => (Reference: new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name), Order: -i))
        .Where(e => e.Reference.IsAllocated)
        .Select(e => new Url
        {
            EndpointName = e.Reference.EndpointName,
            FullUrl = e.Reference.Url,
            IsInactive = !running,
            DisplayProperties = new UrlDisplay { SortOrder = e.Order, DisplayName = "" },
        });

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

    private static IEnumerable<ResourceCommand> Commands(string? state)
    {
        var (running, ended) = (state == KnownResourceStates.Running, KnownResourceStates.TerminalStates.Contains(state));
        yield return Command("start", "Start", "Play", ended ? CommandState.Enabled : CommandState.Hidden);
        yield return Command("stop", "Stop", "Stop", running ? CommandState.Enabled : ended ? CommandState.Hidden : CommandState.Disabled);
        yield return Command("restart", "Restart", "ArrowCounterclockwise", running ? CommandState.Enabled : CommandState.Disabled);
    }

    private static ResourceCommand Command(string name, string displayName, string icon, CommandState state) =>
        new() { Name = name, DisplayName = displayName, IconName = icon, State = state, IsHighlighted = name != "restart" };
}
