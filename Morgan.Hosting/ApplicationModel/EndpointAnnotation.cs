namespace Aspire.Hosting.ApplicationModel;

/// <summary>A port that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    internal EndpointAnnotation(string name) => Name = name;

    /// <summary>The name of the endpoint, unique in its resource.</summary>
    public string Name { get; set; }

    /// <summary>The scheme of the endpoint's URL, such as <c>http</c> or <c>tcp</c>.</summary>
    public string UriScheme { get; set; } = "tcp";

    /// <summary>The port that clients use; null: any free one.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the resource itself listens on; null: any free one. Containers need it.</summary>
    public int? TargetPort { get; set; }

    /// <summary>Whether the endpoint is meant for the world outside the application.</summary>
    public bool IsExternal { get; set; }

    /// <summary>The environment variable that tells the resource its own port.</summary>
    internal string? TargetPortVariable { get; set; }

    /// <summary>The port that clients use, once it is allocated.</summary>
    internal TaskCompletionSource<int> Allocated { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
