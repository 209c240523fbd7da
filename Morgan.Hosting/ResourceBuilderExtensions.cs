using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>What can be said of any resource.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.Annotate(new EnvironmentAnnotation(name, value ?? ""));

    /// <summary>Sets an environment variable to a value that is known only at run time.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithEnvironment => builder.Annotate(new EnvironmentAnnotation(name, value));

    /// <summary>Gives the connection string of another resource as <c>ConnectionStrings__name</c>.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The resource with the connection string.</param>
    /// <param name="connectionName">The name of the connection string; null: that of the resource.</param>
    /// <param name="optional">Whether it may be without a value.</param>
    /// <typeparam name="TDestination">The type of the resource.</typeparam>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment => builder
            .Annotate(new RelationshipAnnotation(source.Resource, "Reference"))
            .Annotate(new EnvironmentAnnotation($"ConnectionStrings__{connectionName ?? source.Resource.Name}", source.Resource));

    /// <summary>Gives the addresses of another resource's endpoints, as service discovery reads them.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The resource to be found.</param>
    /// <typeparam name="TDestination">The type of the resource.</typeparam>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => builder
            .Annotate(new RelationshipAnnotation(source.Resource, "Reference"))
            .Annotate(new ServiceReferenceAnnotation(source.Resource));

    /// <summary>Changes an endpoint, or adds it.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointName">The name of the endpoint.</param>
    /// <param name="callback">The change.</param>
    /// <param name="createIfNotExists">Whether to add the endpoint if the resource has none of that name.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name == endpointName);
        if (endpoint is null && createIfNotExists)
        {
            endpoint = new EndpointAnnotation(endpointName);
            builder.Annotate(endpoint);
        }

        if (endpoint is not null)
        {
            callback(endpoint);
        }

        return builder;
    }

    /// <summary>Adds an endpoint.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that clients use; null: any free one.</param>
    /// <param name="targetPort">The port that the resource listens on; null: any free one.</param>
    /// <param name="scheme">The scheme of its URL; null: <c>tcp</c>.</param>
    /// <param name="name">The name; null: the scheme.</param>
    /// <param name="env">The environment variable that tells the resource which port to listen on.</param>
    /// <param name="isProxied">Must be left out: every endpoint is behind a proxy.</param>
    /// <param name="isExternal">Whether the endpoint is meant for the world outside.</param>
    /// <param name="protocol">Must be left out: every endpoint is TCP.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    /// <exception cref="DistributedApplicationException">The resource has an endpoint of that name already, or something else than TCP behind a proxy is asked for.</exception>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null,
        bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        name ??= scheme ?? "tcp";
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.Name == name))
        {
            throw new DistributedApplicationException($"The resource {builder.Resource.Name} has two endpoints named {name}.");
        }

        if (isProxied == false || protocol is not (null or ProtocolType.Tcp))
        {
            throw new DistributedApplicationException("Without the Aspire packages every endpoint is TCP behind a proxy.");
        }

        return builder.Annotate(new EndpointAnnotation(name)
        {
            UriScheme = scheme ?? "tcp",
            Port = port,
            TargetPort = targetPort,
            TargetPortVariable = env,
            IsExternal = isExternal ?? false,
        });
    }

    /// <summary>Refers to an endpoint of the resource.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The name of the endpoint.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>Says that the HTTP endpoints are meant for the world outside the application, which matters where it is deployed.</summary>
    /// <param name="builder">The resource.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>Shows the resource as a part of another.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="parent">The other one.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource => builder.Annotate(new RelationshipAnnotation(parent, "Parent"));

    /// <summary>Starts the resource only once another one is healthy.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder
            .Annotate(new RelationshipAnnotation(dependency.Resource, "WaitFor"))
            .Annotate(new WaitAnnotation(dependency.Resource));

    /// <summary>Takes the resource for healthy while a health check of the AppHost is.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="key">The check's name in <see cref="IDistributedApplicationBuilder.Services"/>.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource => builder.Annotate(new HealthCheckAnnotation(key));

    /// <summary>Takes the resource for healthy while a GET of an HTTP endpoint answers with a status.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path; null: <c>/</c>.</param>
    /// <param name="statusCode">The status; null: 200.</param>
    /// <param name="endpointName">The endpoint; null: <c>http</c>.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var (endpoint, status) = (builder.GetEndpoint(endpointName ?? "http"), statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{path ?? "/"}_{status}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks()
            .Add(new HealthCheckRegistration(key, _ => new HttpHealthCheck(endpoint, path ?? "/", status), failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }

    /// <summary>Adds a command to the resource in the dashboard: a request to one of its endpoints, which is to be answered with 2xx.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path.</param>
    /// <param name="displayName">What the dashboard calls it.</param>
    /// <param name="endpointName">The endpoint; null: <c>http</c>.</param>
    /// <param name="commandName">Its name; null: made of the rest.</param>
    /// <param name="commandOptions">How it is shown and sent; null: a POST in the menu.</param>
    /// <typeparam name="TResource">The type of the resource.</typeparam>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder, string path, string displayName, string? endpointName = null, string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints
    {
        var options = commandOptions ?? new HttpCommandOptions();
        var endpoint = builder.GetEndpoint(endpointName ?? "http");
        var name = commandName ?? $"{builder.Resource.Name}-{endpoint.EndpointName}-{options.Method ?? HttpMethod.Post}-{path}";
        return builder.Annotate(new HttpCommandAnnotation(name, displayName, endpoint, path, options));
    }

    /// <summary>Changes how the address of an endpoint is shown.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointName">The endpoint.</param>
    /// <param name="callback">The change.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResource => builder.Annotate(new UrlAnnotation(endpointName, Change: callback));

    /// <summary>Shows another address of an endpoint.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointName">The endpoint.</param>
    /// <param name="callback">Makes the address.</param>
    /// <typeparam name="T">The type of the resource.</typeparam>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Func<EndpointReference, ResourceUrlAnnotation> callback)
        where T : IResourceWithEndpoints => builder.Annotate(new UrlAnnotation(endpointName, Add: callback));

    /// <summary>Does nothing: the stand-in serves no HTTPS.</summary>
    /// <param name="builder">The resource.</param>
    /// <typeparam name="TResource">The type of the resource.</typeparam>
    public static IResourceBuilder<TResource> WithoutHttpsCertificate<TResource>(this IResourceBuilder<TResource> builder)
        where TResource : IResourceWithEnvironment, IResourceWithArgs => builder;

    internal static IResourceBuilder<T> Annotate<T>(this IResourceBuilder<T> builder, IResourceAnnotation annotation)
        where T : IResource
    {
        builder.Resource.Annotations.Add(annotation);
        return builder;
    }
}
