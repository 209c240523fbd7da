using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds Morgan to an AppHost.</summary>
internal static class MorganResourceBuilderExtensions
{
    /// <summary>
    /// Adds a gateway and an embedding service. Both are closed from the start: clients get the key <c>NAME-key</c> with the
    /// connection string, and the gateway's status page takes the key <c>NAME-admin-key</c>. Each is made up unless
    /// <c>Parameters:</c> of that name is configured.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource, and of the connection string.</param>
    /// <param name="port">The gateway's port while it is run here; null: any free one.</param>
    public static IResourceBuilder<MorganResource> AddMorgan(this IDistributedApplicationBuilder builder, string name, int? port = null)
    {
        var key = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-key", special: false);
        var adminKey = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-admin-key", special: false);
        var embedding = builder.AddProject<Projects.Morgan_EmbeddingService>($"{name}-embedding");
        var gateway = builder.AddProject<Projects.Morgan_LlmService>($"{name}-gateway");
        var resource = new MorganResource(name, gateway.Resource, embedding.Resource, key);
        var check = $"{name}_health";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(check, _ => new MorganHealth(resource), failureStatus: null, tags: null));
        var morgan = builder.AddResource(resource)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "Morgan", State = KnownResourceStates.Running, Properties = [] })
            .WithHealthCheck(check);

        Prepare(embedding, resource, port: null).WithKey("admin", adminKey, isAdmin: true);
        Prepare(gateway, resource, port)
            .WithKey("client", key, isAdmin: false)
            .WithKey("admin", adminKey, isAdmin: true)
            .WithEnvironment("Llm__Embedding__Url", ReferenceExpression.Create($"{embedding.GetEndpoint("http").Property(EndpointProperty.Url)}"))
            .WithEnvironment("Llm__Embedding__Key", ReferenceExpression.Create($"{adminKey}"))
            .WithUrlForEndpoint("http", url => url.DisplayText = "Status page");
        return morgan;
    }

    /// <summary>
    /// Gives the gateway a host by its address. Hosts of a configuration file (<see cref="WithConfigFile"/>) take the place
    /// of all that are named here.
    /// </summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="name">The name of the host, in the status page and in <c>x-morgan-host</c>.</param>
    /// <param name="url">Its address with the path of OpenAI's API: <c>http://gpu1:11434/v1</c>.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="apiKey">The key that it wants; null: none.</param>
    /// <param name="priority">Hosts of a higher number are asked only when none of a lower one can take the request.</param>
    public static IResourceBuilder<MorganResource> WithHost(
        this IResourceBuilder<MorganResource> morgan, string name, string url, MorganHostKind kind = MorganHostKind.OpenAI,
        IResourceBuilder<ParameterResource>? apiKey = null, int priority = 0) =>
        AddHost(morgan, name, ReferenceExpression.Create($"{url}"), kind, apiKey, priority);

    /// <summary>As the other, for a host that is a resource of this application: <c>WithHost("ollama", ollama.GetEndpoint("http"), MorganHostKind.Ollama)</c>.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="name">The name of the host.</param>
    /// <param name="endpoint">Its endpoint; OpenAI's API is below <c>/v1</c> there.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="apiKey">The key that it wants; null: none.</param>
    /// <param name="priority">Hosts of a higher number are asked only when none of a lower one can take the request.</param>
    public static IResourceBuilder<MorganResource> WithHost(
        this IResourceBuilder<MorganResource> morgan, string name, EndpointReference endpoint, MorganHostKind kind = MorganHostKind.OpenAI,
        IResourceBuilder<ParameterResource>? apiKey = null, int priority = 0) =>
        AddHost(morgan, name, ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Url)}/v1"), kind, apiKey, priority);

    /// <summary>Takes a key of yours in place of the one that is made up. It has 16 characters or more, and no semicolon.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="key">The key, a secret parameter.</param>
    public static IResourceBuilder<MorganResource> WithKey(this IResourceBuilder<MorganResource> morgan, IResourceBuilder<ParameterResource> key)
    {
        morgan.Resource.Key = key.Resource;
        return morgan.WithGateway(gateway => gateway.WithKey("client", key.Resource, isAdmin: false));
    }

    /// <summary>Says which model, or alias, a chat asks that names none: <c>Model=</c> of the connection string.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="model">The model.</param>
    public static IResourceBuilder<MorganResource> WithModel(this IResourceBuilder<MorganResource> morgan, string model)
    {
        morgan.Resource.Model = model;
        return morgan;
    }

    /// <summary>Has all replicas share a Redis: vectors, limits, leases. Without it each has its own memory only.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="cache">Redis, Valkey or Garnet.</param>
    public static IResourceBuilder<MorganResource> WithCache(
        this IResourceBuilder<MorganResource> morgan, IResourceBuilder<IResourceWithConnectionString> cache) => morgan
        .WithGateway(gateway => gateway.WithReference(cache, connectionName: "cache").WaitFor(cache))
        .WithEmbedding(embedding => embedding.WithReference(cache, connectionName: "cache").WaitFor(cache));

    /// <summary>
    /// Has both services watch a <c>morgan.json</c>, for all that has no method here: tenants, aliases, limits, models.
    /// Only while it is run here: a deployed service does not have the file.
    /// </summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="path">The file, from the AppHost's folder; it need not exist yet.</param>
    public static IResourceBuilder<MorganResource> WithConfigFile(this IResourceBuilder<MorganResource> morgan, string path)
    {
        var builder = morgan.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
        {
            return morgan;
        }

        var file = Path.GetFullPath(path, builder.AppHostDirectory);
        return morgan
            .WithGateway(gateway => gateway.WithEnvironment("Morgan__ConfigFile", file))
            .WithEmbedding(embedding => embedding.WithEnvironment("Morgan__ConfigFile", file));
    }

    /// <summary>Changes the gateway's project: replicas, external endpoints, settings by environment variables.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="configure">The change.</param>
    public static IResourceBuilder<MorganResource> WithGateway(
        this IResourceBuilder<MorganResource> morgan, Action<IResourceBuilder<ProjectResource>> configure)
    {
        configure(morgan.ApplicationBuilder.CreateResourceBuilder(morgan.Resource.Gateway));
        return morgan;
    }

    /// <summary>Changes the embedding service's project.</summary>
    /// <param name="morgan">Morgan.</param>
    /// <param name="configure">The change.</param>
    public static IResourceBuilder<MorganResource> WithEmbedding(
        this IResourceBuilder<MorganResource> morgan, Action<IResourceBuilder<ProjectResource>> configure)
    {
        configure(morgan.ApplicationBuilder.CreateResourceBuilder(morgan.Resource.Embedding));
        return morgan;
    }

    // Default hosts, which the gateway has while its configuration file names none.
    private static IResourceBuilder<MorganResource> AddHost(
        IResourceBuilder<MorganResource> morgan, string name, ReferenceExpression url, MorganHostKind kind,
        IResourceBuilder<ParameterResource>? apiKey, int priority)
    {
        var host = $"Llm__DefaultHosts__{(morgan.Resource.Hosts++).ToString(CultureInfo.InvariantCulture)}";
        return morgan.WithGateway(gateway =>
        {
            gateway.WithEnvironment($"{host}__Name", name)
                .WithEnvironment($"{host}__Url", url)
                .WithEnvironment($"{host}__Kind", kind == MorganHostKind.Ollama ? "ollama" : "openai")
                .WithEnvironment($"{host}__Priority", priority.ToString(CultureInfo.InvariantCulture));
            if (apiKey is not null)
            {
                gateway.WithEnvironment($"{host}__ApiKey", ReferenceExpression.Create($"{apiKey.Resource}"));
            }
        });
    }

    // The ports of the launch profiles are those of Morgan's own AppHost, which may run here too.
    private static IResourceBuilder<ProjectResource> Prepare(IResourceBuilder<ProjectResource> service, MorganResource morgan, int? port)
    {
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            service.WithEndpoint("http", endpoint => endpoint.Port = port)
                .WithEnvironment("Drain", "00:00:04"); // the orchestrator kills 6 s after SIGTERM
        }

        return service.WithParentRelationship(morgan).WithHttpHealthCheck("/health");
    }

    // By name, not by number: whatever keys a configuration file has stay beside these.
    private static IResourceBuilder<ProjectResource> WithKey(
        this IResourceBuilder<ProjectResource> service, string id, ParameterResource key, bool isAdmin) => service
        .WithEnvironment($"Auth__Keys__{id}__Id", id)
        .WithEnvironment($"Auth__Keys__{id}__Key", ReferenceExpression.Create($"{key}"))
        .WithEnvironment($"Auth__Keys__{id}__Admin", isAdmin ? "true" : "false");
}
