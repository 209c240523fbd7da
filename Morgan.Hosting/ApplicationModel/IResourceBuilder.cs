namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the fluent methods of an AppHost work on.</summary>
/// <typeparam name="T">The type of the resource.</typeparam>
public interface IResourceBuilder<out T>
    where T : IResource
{
    /// <summary>The application that the resource belongs to.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource that is being described.</summary>
    T Resource { get; }
}
