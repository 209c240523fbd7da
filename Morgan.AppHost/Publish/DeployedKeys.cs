using System.Globalization;

namespace Morgan.AppHost.Publish;

/// <summary>
/// The keys of a deployment, secret parameters that become <c>Auth</c> entries: a first deployment is closed to everyone
/// else, and works. Whoever deploys chooses the first two; the third is between the services and made up.
/// </summary>
internal sealed class DeployedKeys
{
    private readonly int _firstIndex;
    private readonly IResourceBuilder<ParameterResource> _gateway;
    private readonly IResourceBuilder<ParameterResource> _admin;
    private readonly IResourceBuilder<ParameterResource> _internal;

    private DeployedKeys(IDistributedApplicationBuilder builder, int firstIndex)
    {
        _firstIndex = firstIndex;
        _gateway = builder.AddParameter("gateway-key", secret: true);
        _admin = builder.AddParameter("admin-key", secret: true);
        _internal = builder.AddParameter("internal-key", new GenerateParameterDefault { MinLength = 40, Special = false }, secret: true);
    }

    /// <summary>Adds the parameters.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="firstIndex">The first index of <c>Auth:Keys</c> that the configuration leaves free.</param>
    public static DeployedKeys Add(IDistributedApplicationBuilder builder, int firstIndex) => new(builder, firstIndex);

    /// <summary>Lets the gateway's callers and its admin in.</summary>
    public void OpenGateway(IResourceBuilder<ProjectResource> llm)
    {
        Let(llm, 0, "gateway", _gateway, admin: false);
        Let(llm, 1, "admin", _admin, admin: true);
    }

    /// <summary>Lets the gateway in, whose status page asks admin paths, and the admin.</summary>
    public void OpenEmbedding(IResourceBuilder<ProjectResource> embedding, IResourceBuilder<ProjectResource> from)
    {
        Let(embedding, 0, "internal", _internal, admin: true);
        Let(embedding, 1, "admin", _admin, admin: true);
        from.WithEnvironment("Llm__Embedding__Url", embedding.GetEndpoint("http")).WithEnvironment("Llm__Embedding__Key", _internal);
    }

    private void Let(IResourceBuilder<ProjectResource> service, int offset, string id, IResourceBuilder<ParameterResource> key, bool admin)
    {
        var entry = $"Auth__Keys__{(_firstIndex + offset).ToString(CultureInfo.InvariantCulture)}";
        service.WithEnvironment($"{entry}__Id", id)
            .WithEnvironment($"{entry}__Key", key)
            .WithEnvironment($"{entry}__Admin", admin ? "true" : "false");
    }
}
