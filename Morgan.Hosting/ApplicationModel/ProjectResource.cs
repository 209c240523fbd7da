namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that is run as a process; it carries an <see cref="IProjectMetadata"/> annotation.</summary>
public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>Makes a project resource.</summary>
    /// <param name="name">The name, unique in the application.</param>
    public ProjectResource(string name)
        : base(name)
    {
    }
}
