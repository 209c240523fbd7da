using Morgan.LlmSimulator.Control;
using Morgan.LlmSimulator.Relay;

namespace Morgan.LlmSimulator.Api;

/// <summary>Counts the requests by which others see whether the host is well, and fails them where the plan says so.</summary>
internal static class HealthFaults
{
    /// <summary>Puts it in front of the health paths and <c>GET /v1/models</c>.</summary>
    public static void UseHealthFaults(this WebApplication app) => app.Use((context, next) =>
    {
        if (!IsHealthCheck(context.Request))
        {
            return next(context);
        }

        var simulation = context.RequestServices.GetRequiredService<Simulation>();
        simulation.Stats.AddHealthCheck();
        return simulation.Run.FailsHealthCheck()
            ? ScriptedError.ForStatus(StatusCodes.Status503ServiceUnavailable).WriteAsync(context)
            : next(context);
    });

    private static bool IsHealthCheck(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path.Value is "/health" or "/alive" or "/v1/models";
}
