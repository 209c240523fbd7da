using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Dashboard.Contract;
using Morgan.Hosting.Running;

namespace Morgan.Hosting.Dashboard;

/// <summary>Makes the dashboard's messages of a resource's addresses.</summary>
internal static class UrlMessages
{
    public static IEnumerable<Url> Of(IResource resource, bool running) => resource.Annotations.OfType<EndpointAnnotation>()
        .Select(endpoint => new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name))
        .Where(endpoint => endpoint.IsAllocated)
        .SelectMany(endpoint => OfEndpoint(resource, endpoint).Select(url => (endpoint.EndpointName, Url: url)))
        .Select((shown, i) => new Url
        {
            EndpointName = shown.EndpointName,
            FullUrl = shown.Url.Url,
            IsInactive = !running,
            DisplayProperties = new UrlDisplay { SortOrder = -i, DisplayName = shown.Url.DisplayText ?? "" },
        });

    private static IEnumerable<ResourceUrlAnnotation> OfEndpoint(IResource resource, EndpointReference endpoint)
    {
        var own = new ResourceUrlAnnotation { Url = endpoint.Url };
        var asked = resource.Annotations.OfType<UrlAnnotation>().Where(a => a.EndpointName == endpoint.EndpointName).ToArray();
        foreach (var annotation in asked)
        {
            annotation.Change?.Invoke(own);
        }

        yield return own;
        foreach (var annotation in asked)
        {
            if (annotation.Add?.Invoke(endpoint) is { } added)
            {
                yield return added.Url.StartsWith('/') ? new ResourceUrlAnnotation { Url = endpoint.Url + added.Url, DisplayText = added.DisplayText } : added;
            }
        }
    }
}
