using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project, with the endpoints and environment variables of its first launch profile.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <typeparam name="TProject">The project: a generated class of the namespace <c>Projects</c>.</typeparam>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var project = new TProject();
        var resource = builder.AddResource(new ProjectResource(name)).Annotate(project);
        var profile = LaunchProfile.ReadFirst(project.ProjectPath);
        foreach (var url in profile.ApplicationUrls)
        {
            resource.WithEndpoint(url.Scheme, e => (e.UriScheme, e.Port) = (url.Scheme, url.Port));
        }

        return resource.Annotate(profile);
    }

    /// <summary>Runs the project as several processes behind one address.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">The number of processes.</param>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.Annotate(new ReplicaAnnotation(replicas));
}
