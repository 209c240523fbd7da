using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>The resource has to be healthy before this one is started.</summary>
internal sealed record WaitAnnotation(IResource Resource) : IResourceAnnotation;
