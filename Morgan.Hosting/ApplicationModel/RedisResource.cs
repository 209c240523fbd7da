namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Redis container.</summary>
public sealed class RedisResource : ContainerResource, IResourceWithConnectionString
{
    internal RedisResource(string name, ParameterResource password)
        : base(name, "/bin/sh")
    {
        // The image that Aspire 13.5 uses. The shell expands the password, so that it is in no argument list.
        Image = "redis:8.6";
        Args = ["-c", "redis-server --requirepass $REDIS_PASSWORD"];
        PasswordParameter = password;
        PrimaryEndpoint = new EndpointReference(this, "tcp");
    }

    /// <summary>The password that clients send.</summary>
    public ParameterResource? PasswordParameter { get; }

    /// <summary>The endpoint that speaks the Redis protocol.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The connection string in StackExchange.Redis format.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)},password={PasswordParameter!}");
}
