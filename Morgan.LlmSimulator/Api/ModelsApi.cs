using Morgan.LlmSimulator.Control;
using Morgan.ServiceDefaults.Errors;

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
                : Fail(OpenAiError.ModelNotFound($"The model '{id}' does not exist here.")));
        app.Map("/v1/{**rest}", (HttpRequest request) => Fail(OpenAiError.UnknownUrl(request.Method, request.Path)));
    }

    private static object Describe(string id) => new { id, @object = "model", created = Created, owned_by = "morgan" };

    private static IResult Fail(OpenAiError error) => Results.Text(error.ToJson(), "application/json", error.Status);
}
