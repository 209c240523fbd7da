using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>The endpoints of the resource are given to this one for service discovery.</summary>
internal sealed record ServiceReferenceAnnotation(IResource Resource) : IResourceAnnotation;
