namespace Morgan.AppHost.Cache;

/// <summary>Morgan.CacheServer: Garnet in a process of its own, on loopback and with a password.</summary>
internal sealed class CacheServerResource(string name, ParameterResource password) : ProjectResource(name), IResourceWithConnectionString
{
    /// <summary>The endpoint that speaks the Redis protocol.</summary>
    public const string EndpointName = "tcp";

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var endpoint = new EndpointReference(this, EndpointName);
            return ReferenceExpression.Create(
                $"{endpoint.Property(EndpointProperty.Host)}:{endpoint.Property(EndpointProperty.Port)},password={password}");
        }
    }
}
