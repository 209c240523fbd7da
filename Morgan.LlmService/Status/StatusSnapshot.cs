using System.Text.Json;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Status;

/// <summary>What the status page shows at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Strategy">The balancing strategy in force.</param>
/// <param name="Hosts">The hosts.</param>
/// <param name="Traffic">Counts.</param>
/// <param name="Decisions">The newest attempts, newest first.</param>
/// <param name="Cache">What the embedding service says of its cache; null: nothing.</param>
/// <param name="Models">What it says of its models; null: nothing.</param>
internal sealed record StatusSnapshot(
    DateTimeOffset At, string Strategy, IEnumerable<HostView> Hosts, Traffic Traffic, IReadOnlyList<Decision> Decisions, JsonElement? Cache, JsonElement? Models);
