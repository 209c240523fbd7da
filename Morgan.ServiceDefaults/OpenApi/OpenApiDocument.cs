using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Morgan.ServiceDefaults.OpenApi;

/// <summary>
/// Serves a service's OpenAPI document. It is written by hand and checked against the endpoints by a test: bodies go
/// through as bytes, so there are no types that a generator could make schemas of.
/// </summary>
public static class OpenApiDocument
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/openapi/v1.json";

    private const string Resource = "openapi.json";

    /// <summary>Maps the document, open to everyone.</summary>
    /// <param name="routes">The application.</param>
    /// <param name="service">The assembly that has it as the resource <c>openapi.json</c>.</param>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes, Assembly service)
    {
        using var file = service.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not part of {service.GetName().Name}");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        routes.MapGet(Path, () => Results.Bytes(content, "application/json")).AllowAnonymous();
    }
}
