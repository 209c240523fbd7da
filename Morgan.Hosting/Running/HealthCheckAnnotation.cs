using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>A health check of the AppHost that tells this resource's health.</summary>
internal sealed record HealthCheckAnnotation(string Key) : IResourceAnnotation;
