using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>The environment variables that a resource's process gets, as Aspire 13.5 gives them.</summary>
internal static class ProcessEnvironment
{
    /// <summary>Puts the variables together, waiting for addresses that are not known yet. A variable that is set later wins.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="instance">The suffix of the replica, which tells its telemetry apart.</param>
    /// <param name="run">The running application.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Dictionary<string, string>> BuildAsync(
        IResource resource, string instance, RunContext run, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (resource is ProjectResource)
        {
            await AddTelemetryAsync(variables, resource, instance, run, cancellationToken);
            AddOwnAddresses(variables, resource);
        }

        foreach (var annotation in resource.Annotations)
        {
            switch (annotation)
            {
                case LaunchProfile profile:
                    foreach (var (name, value) in profile.Environment)
                    {
                        variables[name] = Environment.ExpandEnvironmentVariables(value);
                    }

                    break;
                case EnvironmentAnnotation variable:
                    variables[variable.Name] = variable.Value is IValueProvider provider
                        ? await provider.GetValueAsync(cancellationToken) ?? ""
                        : (string)variable.Value;
                    break;
                case ServiceReferenceAnnotation { Resource: var service }:
                    await AddServiceAsync(variables, service, cancellationToken);
                    break;
                case EndpointAnnotation { TargetPortVariable: { } name } endpoint:
                    variables[name] = OwnPort(resource, endpoint);
                    break;
            }
        }

        return variables;
    }

    /// <summary>The name of the DCP service that stands for an endpoint.</summary>
    public static string ServiceName(IResource resource, EndpointAnnotation endpoint) => $"{resource.Name}-{endpoint.Name}".ToLowerInvariant();

    /// <summary>The port that the process itself is to listen on, which DCP fills in for each replica.</summary>
    public static string OwnPort(IResource resource, EndpointAnnotation endpoint) => $"{{{{- portForServing \"{ServiceName(resource, endpoint)}\" -}}}}";

    private static void AddOwnAddresses(Dictionary<string, string> variables, IResource resource)
    {
        var urls = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme == "http" && e.TargetPortVariable is null)
            .Select(e => $"http://localhost:{OwnPort(resource, e)}").ToArray();
        if (urls.Length > 0)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', urls);
        }
    }

    private static async Task AddTelemetryAsync(
        Dictionary<string, string> variables, IResource resource, string instance, RunContext run, CancellationToken cancellationToken)
    {
        if (run.Dashboard is not { } dashboard)
        {
            return;
        }

        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = (await dashboard.Otlp.GetValueAsync(cancellationToken))!;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.Settings.OtlpKey}";
        if (run.IsDevelopment)
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
        }
    }

    // services__embedding__http__0=http://localhost:5090 and EMBEDDING_HTTP=http://localhost:5090
    private static async Task AddServiceAsync(Dictionary<string, string> variables, IResource service, CancellationToken cancellationToken)
    {
        foreach (var endpoint in service.Annotations.OfType<EndpointAnnotation>())
        {
            var url = await new EndpointReference((IResourceWithEndpoints)service, endpoint.Name).GetValueAsync(cancellationToken);
            variables[$"services__{service.Name}__{endpoint.Name}__0"] = url!;
            variables[$"{service.Name}_{endpoint.Name}".Replace('-', '_').ToUpperInvariant()] = url!;
        }
    }
}
