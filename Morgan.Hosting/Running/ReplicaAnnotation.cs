using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>How many processes there are of a project.</summary>
internal sealed record ReplicaAnnotation(int Count) : IResourceAnnotation;
