namespace Morgan.LlmSimulator.Control;

/// <summary>The body of <c>GET /simulator/stats</c>.</summary>
/// <param name="Requests">POST requests under /v1.</param>
/// <param name="InFlight">Those not ended yet.</param>
/// <param name="PromptTokens">Tokens of the prompts that an answer was begun for.</param>
/// <param name="TokensSent">Tokens that were written to clients.</param>
/// <param name="Cancelled">Requests whose client left before the answer's end, whatever their outcome.</param>
/// <param name="HealthChecks">Requests of /health, /alive and /v1/models.</param>
/// <param name="RedirectsFollowed">Requests that followed the fault <c>redirect</c>.</param>
/// <param name="Outcomes">Ended requests by outcome: ok, invalid, overloaded, cancelled, or the kind of the fault that struck.</param>
internal sealed record StatsSnapshot(
    long Requests, long InFlight, long PromptTokens, long TokensSent, long Cancelled, long HealthChecks, long RedirectsFollowed,
    IReadOnlyDictionary<string, long> Outcomes);
