using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>Changes the address of an endpoint, or adds one, once the endpoint is known.</summary>
/// <param name="EndpointName">The endpoint.</param>
/// <param name="Change">Changes the endpoint's own.</param>
/// <param name="Add">Makes another.</param>
internal sealed record UrlAnnotation(
    string EndpointName, Action<ResourceUrlAnnotation>? Change = null, Func<EndpointReference, ResourceUrlAnnotation>? Add = null) : IResourceAnnotation;
