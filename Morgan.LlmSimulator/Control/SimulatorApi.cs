using System.Text.Json;
using System.Text.Json.Serialization;
using Morgan.LlmSimulator.Plan;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmSimulator.Control;

/// <summary>What a test or a curious person steers the host with: <c>/simulator/*</c>.</summary>
internal static class SimulatorApi
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Maps the paths.</summary>
    public static void MapSimulatorApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/simulator");
        group.MapGet("/plan", (Simulation simulation) => Results.Json(simulation.Run.Plan, Json));
        group.MapPut("/plan", PutPlanAsync);
        group.MapGet("/stats", (Simulation simulation) => Results.Json(simulation.Stats.Read(), Json));
        group.MapPost("/reset", (Simulation simulation) =>
        {
            simulation.Reset();
            return Results.Json(simulation.Run.Plan, Json);
        });
        group.Map("/redirected", (Simulation simulation) =>
        {
            simulation.Stats.AddRedirectFollowed();
            return Results.Json(new { redirected = true });
        });
    }

    private static async Task<IResult> PutPlanAsync(HttpContext context, Simulation simulation)
    {
        SimulationPlan? plan;
        string? problem;
        try
        {
            plan = await JsonSerializer.DeserializeAsync<SimulationPlan>(context.Request.Body, Json, context.RequestAborted);
            problem = plan is null ? "the plan is null" : null;
        }
        catch (JsonException broken)
        {
            plan = null;
            problem = broken.Message;
        }

        if (plan is not null && PlanValidator.IsValid(plan, out problem))
        {
            simulation.Start(plan);
            return Results.Json(plan, Json);
        }

        await OpenAiError.InvalidValue("plan", $"Not a plan: {problem}").WriteAsync(context);
        return Results.Empty;
    }
}
