namespace Aspire.Hosting.ApplicationModel;

/// <summary>One statement about a resource, kept in <see cref="IResource.Annotations"/>.</summary>
public interface IResourceAnnotation;
