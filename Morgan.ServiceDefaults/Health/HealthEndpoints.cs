using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Morgan.ServiceDefaults.Health;

internal static class HealthEndpoints
{
    /// <summary>The tag of checks that say the process itself works; only they decide <c>/alive</c>.</summary>
    public const string Live = "live";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Degraded stays 200: taking every replica away because hosts or Redis are down would make it worse.
        Map(routes, "/health", _ => true);
        Map(routes, "/alive", check => check.Tags.Contains(Live));
    }

    private static void Map(IEndpointRouteBuilder routes, string path, Func<HealthCheckRegistration, bool> which) =>
        routes.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = which,
            ResponseWriter = HealthBody.WriteAsync,
            ResultStatusCodes =
            {
                [HealthStatus.Healthy] = StatusCodes.Status200OK,
                [HealthStatus.Degraded] = StatusCodes.Status200OK,
                [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
            },
        }).AllowAnonymous();
}
