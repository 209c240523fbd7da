namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container that Docker or Podman runs.</summary>
public class ContainerResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Makes a container resource.</summary>
    /// <param name="name">The name, unique in the application.</param>
    /// <param name="entrypoint">The program to run instead of the image's own.</param>
    public ContainerResource(string name, string? entrypoint = null)
        : base(name) => Entrypoint = entrypoint;

    /// <summary>The program to run instead of the image's own; null: the image's.</summary>
    public string? Entrypoint { get; set; }

    /// <summary>The image with its registry and tag.</summary>
    internal string Image { get; init; } = "";

    /// <summary>The arguments of the program.</summary>
    internal IReadOnlyList<string> Args { get; init; } = [];
}
