using Microsoft.AspNetCore.Builder;

namespace Morgan.ServiceDefaults.Auth;

/// <summary>Closes endpoints to all but admin keys.</summary>
public static class AdminEndpoints
{
    private static readonly AdminOnly Mark = new();

    /// <summary>Answers 403 <c>admin_required</c> to every caller without an admin key; open in Development while no key is configured.</summary>
    public static TBuilder RequireAdmin<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(Mark));
        return builder;
    }
}
