using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Swarm = Aspire.Hosting.Docker.Resources.ServiceNodes.Swarm;

namespace Morgan.AppHost.Publish;

/// <summary>Docker Compose: one machine, the gateway on port 5080, read-only containers.</summary>
internal static class ComposeTarget
{
    private const int GatewayPort = 5080;

    public static void Use(IDistributedApplicationBuilder builder, MorganSettings settings)
    {
        builder.AddDockerComposeEnvironment("morgan");
        foreach (var service in builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder))
        {
            // Not the gateway: a published port belongs to one container.
            var replicas = service.Resource.Name == "embedding" ? settings.EmbeddingReplicas : 1;
            service.PublishAsDockerComposeService((_, compose) => Shape(compose, replicas));
        }

        builder.CreateResourceBuilder<ProjectResource>("llm").WithEndpoint("http", endpoint => endpoint.Port = GatewayPort);
    }

    private static void Shape(Service compose, int replicas)
    {
        compose.ReadOnly = true;
        compose.Tmpfs.Add("/tmp");
        compose.AddEnvironmentalVariable("HF_HOME", "/tmp/huggingface");
        compose.CapDrop.Add("ALL");
        compose.SecurityOpt.Add("no-new-privileges:true");
        compose.Restart = "unless-stopped";
        compose.StopGracePeriod = "30s";
        if (replicas > 1)
        {
            compose.Deploy = new Swarm.Deploy { Replicas = replicas };
        }
    }
}
