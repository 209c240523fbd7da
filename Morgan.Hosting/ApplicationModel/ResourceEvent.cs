namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource's replica and what is known of it.</summary>
public sealed class ResourceEvent
{
    /// <summary>Makes an event.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">The replica.</param>
    /// <param name="snapshot">What is known of it.</param>
    public ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
    {
        Resource = resource;
        ResourceId = resourceId;
        Snapshot = snapshot;
    }

    /// <summary>The resource.</summary>
    public IResource Resource { get; }

    /// <summary>The replica: the resource's name and a suffix.</summary>
    public string ResourceId { get; }

    /// <summary>What is known of it.</summary>
    public CustomResourceSnapshot Snapshot { get; }
}
