using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>What can be said of resources of a type of one's own.</summary>
public static class CustomResourceExtensions
{
    /// <summary>Says what is known of the resource before it is started.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="initialSnapshot">What is known.</param>
    /// <typeparam name="TResource">The type of the resource.</typeparam>
    public static IResourceBuilder<TResource> WithInitialState<TResource>(this IResourceBuilder<TResource> builder, CustomResourceSnapshot initialSnapshot)
        where TResource : IResource => builder.Annotate(new ResourceSnapshotAnnotation(initialSnapshot));
}
