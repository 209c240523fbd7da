using Microsoft.Extensions.Configuration;
using Morgan.AppHost.Publish;

namespace Morgan.AppHost.Deploy;

/// <content>Compiled only with the real packages, which alone can publish.</content>
internal static partial class Publishing
{
    /// <summary>How long streams get after SIGTERM before they end with their error event; each platform kills 10 s later.</summary>
    private const string Drain = "00:00:20";

    static partial void Prepare(IResourceBuilder<ProjectResource> llm, IResourceBuilder<ProjectResource> embedding, MorganSettings settings)
    {
        var builder = llm.ApplicationBuilder;
        var deployed = new ConfigurationBuilder().AddJsonFile(settings.ConfigFile, optional: true).AddConfiguration(builder.Configuration).Build();
        var keys = DeployedKeys.Add(builder, firstIndex: deployed.GetSection("Auth:Keys").GetChildren().Count());

        WithSettings(llm, DeployedSettings.Of(deployed, "Auth", "Tenants", "Llm"));
        WithSettings(embedding, DeployedSettings.Of(deployed, "Auth", "Tenants", "Embedding"));
        keys.OpenGateway(llm);
        keys.OpenEmbedding(embedding, from: llm);

        foreach (var service in builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder))
        {
            WithProbes(service).WithEnvironment("Drain", Drain);
        }

        switch (settings.Deploy)
        {
            case DeployTarget.Compose:
                ComposeTarget.Use(builder, settings);
                break;
            case DeployTarget.Kubernetes:
                KubernetesTarget.Use(builder);
                break;
            default:
                ContainerAppsTarget.Use(builder, llm, embedding, settings);
                break;
        }
    }

    private static void WithSettings(IResourceBuilder<ProjectResource> service, IReadOnlyList<DeployedSetting> settings)
    {
        var builder = service.ApplicationBuilder;
        foreach (var setting in settings)
        {
            _ = setting.SecretParameter is { } secret
                ? service.WithEnvironment(setting.Variable, builder.AddParameter(secret, secret: true))
                : service.WithEnvironment(setting.Variable, setting.Value);
        }
    }

    // A model is loaded and has run once before /health of the embedding service answers 200: two minutes for that.
    private static IResourceBuilder<ProjectResource> WithProbes(IResourceBuilder<ProjectResource> service) => service
        .WithHttpProbe(ProbeType.Startup, "/health", periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60)
        .WithHttpProbe(ProbeType.Readiness, "/health", periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3)
        .WithHttpProbe(ProbeType.Liveness, "/alive", periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3);
}
