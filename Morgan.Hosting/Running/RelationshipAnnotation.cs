using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>How this resource hangs together with another, for the dashboard.</summary>
internal sealed record RelationshipAnnotation(IResource Resource, string Type) : IResourceAnnotation;
