namespace Aspire.Hosting;

/// <summary>Morgan as one resource: its gateway, its embedding service, and the connection string that <c>AddMorganClient</c> reads.</summary>
internal sealed class MorganResource(string name, ProjectResource gateway, ProjectResource embedding, ParameterResource key)
    : Resource(name), IResourceWithConnectionString
{
    /// <summary>The gateway, <c>NAME-gateway</c>.</summary>
    public ProjectResource Gateway { get; } = gateway;

    /// <summary>The embedding service, <c>NAME-embedding</c>.</summary>
    public ProjectResource Embedding { get; } = embedding;

    /// <summary>The key that clients send.</summary>
    public ParameterResource Key { get; internal set; } = key;

    /// <summary>The model of chats that name none; null: clients say which.</summary>
    public string? Model { get; internal set; }

    /// <summary>How many hosts the gateway was given.</summary>
    internal int Hosts { get; set; }

    /// <summary><c>Endpoint=http://localhost:40123/v1;Key=…;Model=llama3.2</c>.</summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var url = new EndpointReference(Gateway, "http").Property(EndpointProperty.Url);
            return Model is null
                ? ReferenceExpression.Create($"Endpoint={url}/v1;Key={Key}")
                : ReferenceExpression.Create($"Endpoint={url}/v1;Key={Key};Model={Model}");
        }
    }
}
