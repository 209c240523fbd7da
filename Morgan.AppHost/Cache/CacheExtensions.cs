using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.AppHost.Preflight;

namespace Morgan.AppHost.Cache;

/// <summary>Adds the cache, which speaks Redis whoever plays it.</summary>
internal static class CacheExtensions
{
    /// <summary>The most memory that the embedded cache takes, in bytes.</summary>
    private const string EmbeddedMemory = "268435456";

    /// <summary>Adds the cache of the wanted kind, with a health check that sends PING.</summary>
    /// <exception cref="DistributedApplicationException">An external cache is wanted, and not named or not there; or one that cannot be deployed is to be published.</exception>
    public static async Task<IResourceBuilder<IResourceWithConnectionString>> AddCacheAsync(
        this IDistributedApplicationBuilder builder, string name, CacheKind kind)
    {
        if (kind == CacheKind.Auto)
        {
            kind = builder.ExecutionContext.IsPublishMode || await ContainerRuntime.IsHealthyAsync(builder.Configuration)
                ? CacheKind.Container
                : CacheKind.Embedded;
        }

        if (kind == CacheKind.Embedded && builder.ExecutionContext.IsPublishMode)
        {
            throw new DistributedApplicationException("Morgan:Cache is embedded, which serves one machine only. A deployment takes container, or external with ConnectionStrings:cache.");
        }

        if (kind == CacheKind.External && builder.ExecutionContext.IsRunMode)
        {
            await ExternalCache.RequireAsync(builder.Configuration.GetConnectionString(name), $"ConnectionStrings:{name}");
        }

        IResourceBuilder<IResourceWithConnectionString> cache = kind switch
        {
            CacheKind.External => builder.AddConnectionString(name),
            CacheKind.Embedded => builder.AddCacheServer(name),
            _ => builder.AddRedis(name).WithoutHttpsCertificate(),
        };
        var check = $"{name}_ping";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(check, _ => new RedisPing(cache.Resource), failureStatus: null, tags: null));
        return cache.WithHealthCheck(check);
    }

    private static IResourceBuilder<CacheServerResource> AddCacheServer(this IDistributedApplicationBuilder builder, string name)
    {
        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var server = new CacheServerResource(name, password);
        server.Annotations.Add(new Projects.Morgan_CacheServer());
        return builder.AddResource(server)
            .WithEndpoint(name: CacheServerResource.EndpointName, scheme: "tcp", env: "Cache__Port")
            .WithEnvironment("Cache__Password", ReferenceExpression.Create($"{password}"))
            .WithEnvironment("Cache__MaxMemoryBytes", EmbeddedMemory);
    }
}
