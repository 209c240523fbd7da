namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address of a resource as the dashboard shows it.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The address; one that begins with a slash is of the endpoint.</summary>
    public required string Url { get; set; }

    /// <summary>The text in its place; null: the address.</summary>
    public string? DisplayText { get; set; }
}
