namespace Morgan.AppHost;

/// <summary>What all of Morgan's services get.</summary>
internal static class ServiceExtensions
{
    /// <summary>Passes the configuration file, and sees to it that a service ends before the orchestrator kills it, 6 s after SIGTERM.</summary>
    public static IResourceBuilder<ProjectResource> WithMorgan(this IResourceBuilder<ProjectResource> service, MorganSettings settings)
    {
        if (service.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            return service;
        }

        return service
            .WithEnvironment("Morgan__ConfigFile", settings.ConfigFile)
            .WithEnvironment("Drain", "00:00:04")
            // Aspire has telemetry retried, which keeps a service for 10 s when the dashboard ends with it.
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "");
    }
}
