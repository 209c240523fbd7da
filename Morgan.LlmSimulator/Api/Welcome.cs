using Morgan.LlmSimulator.Control;

namespace Morgan.LlmSimulator.Api;

/// <summary>What a person sees who opens the host's address in a browser.</summary>
internal static class Welcome
{
    /// <summary>Maps <c>GET /</c>.</summary>
    public static void MapWelcome(this IEndpointRouteBuilder app) =>
        app.MapGet("/", (HttpRequest request, Simulation simulation) => Text(simulation, $"{request.Scheme}://{request.Host}"));

    private static string Text(Simulation simulation, string address) =>
        $$"""
        {{simulation.Name}} is a simulated LLM host. It speaks OpenAI's API, but there is no model behind it:
        it stands in for your hosts until you add one to morgan.json under Llm:Hosts.

        Talk to it:
          curl -N {{address}}/v1/chat/completions -H 'Content-Type: application/json' \
            -d '{"model": "{{simulation.Models[0]}}", "stream": true, "messages": [{"role": "user", "content": "Hello!"}]}'

        Make it fail, half of the time, and watch what the gateway does about it:
          curl -X PUT {{address}}/simulator/plan -d '{"faults": [{"kind": "status", "status": 503, "rate": 0.5}]}'

        See its plan and what it has done, and put it right again:
          curl {{address}}/simulator/plan
          curl {{address}}/simulator/stats
          curl -X POST {{address}}/simulator/reset

        """;
}
