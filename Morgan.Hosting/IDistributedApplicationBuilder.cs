using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Describes an application: its resources and how they hang together.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The AppHost's own configuration.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost's project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The AppHost's own environment.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The AppHost's own services, such as health checks.</summary>
    IServiceCollection Services { get; }

    /// <summary>What the AppHost was started for.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources, in the order in which they were added.</summary>
    IList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <exception cref="DistributedApplicationException">Another resource has the same name.</exception>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Goes on describing a resource that was added before.</summary>
    /// <param name="resource">The resource.</param>
    /// <typeparam name="T">Its type.</typeparam>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Makes the application, which is then to be started.</summary>
    DistributedApplication Build();
}
