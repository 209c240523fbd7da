using Azure.Provisioning.AppContainers;

namespace Morgan.AppHost.Publish;

/// <summary>Azure Container Apps: ingress from outside for the gateway only, scaled by requests at work.</summary>
internal static class ContainerAppsTarget
{
    private const int MaxReplicas = 10;
    private const int KillAfterSeconds = 30;

    public static void Use(
        IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> llm, IResourceBuilder<ProjectResource> embedding, MorganSettings settings)
    {
        builder.AddAzureContainerAppEnvironment("morgan");

        // A request to a host mostly waits, an embedding mostly computes.
        llm.PublishAsAzureContainerApp((_, app) => Shape(app, settings.LlmReplicas, concurrentRequests: "100", cpu: 1.0, memory: "2Gi"));
        embedding.PublishAsAzureContainerApp((_, app) => Shape(app, settings.EmbeddingReplicas, concurrentRequests: "20", cpu: 2.0, memory: "4Gi"));
    }

    private static void Shape(ContainerApp app, int replicas, string concurrentRequests, double cpu, string memory)
    {
        app.Template.TerminationGracePeriodSeconds = KillAfterSeconds;
        app.Template.Scale.MinReplicas = replicas;
        app.Template.Scale.MaxReplicas = Math.Max(replicas, MaxReplicas);
        app.Template.Scale.Rules =
        [
            new ContainerAppScaleRule
            {
                Name = "requests",
                Http = new ContainerAppHttpScaleRule { Metadata = { ["concurrentRequests"] = concurrentRequests } },
            },
        ];
        app.Template.Containers[0].Value!.Resources = new AppContainerResources { Cpu = cpu, Memory = memory };
    }
}
