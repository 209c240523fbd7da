using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Requests;

namespace Morgan.LlmSimulator.Api;

/// <summary><c>GET /v1/models</c>, and the unknown rest of /v1.</summary>
internal static class ModelsApi
{
    // When the simulator's one model came into being: 2025-01-01.
    private const long Created = 1_735_689_600;

    /// <summary>Maps the paths.</summary>
    public static void MapModelsApi(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/models", (Simulation simulation) =>
            Results.Json(new { @object = "list", data = simulation.Models.Select(Describe) }));
        app.MapGet("/v1/models/{**id}", (string id, Simulation simulation) =>
            simulation.Models.Contains(id, StringComparer.Ordinal)
                ? Results.Json(Describe(id))
                : Fail(new HostError(404, "invalid_request_error", "model_not_found", $"The model '{id}' does not exist here.", "model")));
        app.Map("/v1/{**rest}", (HttpContext context) => Fail(new HostError(
            404, "invalid_request_error", "unknown_url", $"Unknown request URL: {context.Request.Method} {context.Request.Path}.")));
    }

    private static object Describe(string id) => new { id, @object = "model", created = Created, owned_by = "morgan" };

    private static IResult Fail(HostError error) => Results.Json(error.ToBody(), statusCode: error.Status);
}
