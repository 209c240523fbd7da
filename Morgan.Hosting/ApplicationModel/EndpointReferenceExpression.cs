using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of an endpoint's address, known once the application runs.</summary>
public sealed class EndpointReferenceExpression : IValueProvider
{
    /// <summary>Refers to a part of an address.</summary>
    /// <param name="endpointReference">The endpoint.</param>
    /// <param name="property">The part.</param>
    public EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property)
    {
        Endpoint = endpointReference;
        Property = property;
    }

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>The part of its address.</summary>
    public EndpointProperty Property { get; }

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var url = await Endpoint.GetValueAsync(cancellationToken);
        return Property switch
        {
            EndpointProperty.Url => url,
            EndpointProperty.Host => "localhost",
            _ => Endpoint.Port.ToString(CultureInfo.InvariantCulture),
        };
    }
}
