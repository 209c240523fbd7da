using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>An environment variable; the value is a string or an <see cref="IValueProvider"/>.</summary>
internal sealed record EnvironmentAnnotation(string Name, object Value) : IResourceAnnotation;
