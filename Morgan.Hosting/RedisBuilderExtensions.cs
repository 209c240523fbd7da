using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>Adds Redis.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>Adds a Redis container with a password of its own.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="port">The port that clients use; null: any free one.</param>
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port = null)
    {
        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        return builder.AddResource(new RedisResource(name, password))
            .WithEndpoint(port: port, targetPort: 6379, name: "tcp")
            .Annotate(new EnvironmentAnnotation("REDIS_PASSWORD", password));
    }
}
