namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of an endpoint of a resource, known once the application runs.</summary>
public sealed class EndpointReference : IValueProvider
{
    /// <summary>Refers to an endpoint by name.</summary>
    /// <param name="owner">The resource that has the endpoint.</param>
    /// <param name="endpointName">The name of the endpoint; it may be added later.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
    {
        Resource = owner;
        EndpointName = endpointName;
    }

    /// <summary>The resource that has the endpoint.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>The name of the endpoint.</summary>
    public string EndpointName { get; }

    /// <summary>The endpoint.</summary>
    /// <exception cref="DistributedApplicationException">The resource has no endpoint of that name.</exception>
    public EndpointAnnotation EndpointAnnotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name == EndpointName)
        ?? throw new DistributedApplicationException($"The resource {Resource.Name} has no endpoint named {EndpointName}.");

    /// <summary>Whether the port is known yet.</summary>
    public bool IsAllocated => EndpointAnnotation.Allocated.Task.IsCompletedSuccessfully;

    /// <summary>The port that clients use.</summary>
    /// <exception cref="DistributedApplicationException">The port is not known yet.</exception>
    public int Port => IsAllocated
        ? EndpointAnnotation.Allocated.Task.GetAwaiter().GetResult()
        : throw new DistributedApplicationException($"The endpoint {EndpointName} of {Resource.Name} is not allocated yet.");

    /// <summary>The URL that clients use, without a slash at the end.</summary>
    /// <exception cref="DistributedApplicationException">The port is not known yet.</exception>
    public string Url => $"{EndpointAnnotation.UriScheme}://localhost:{Port}";

    /// <summary>A part of the address, for use in a <see cref="ReferenceExpression"/>.</summary>
    /// <param name="property">The part.</param>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        await EndpointAnnotation.Allocated.Task.WaitAsync(cancellationToken);
        return Url;
    }
}
