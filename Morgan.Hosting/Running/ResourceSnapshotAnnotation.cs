using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>What is known of a resource before it is started.</summary>
internal sealed record ResourceSnapshotAnnotation(CustomResourceSnapshot InitialSnapshot) : IResourceAnnotation;
