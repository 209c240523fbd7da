using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Fleet;

/// <summary>Whose turn it is to check a host.</summary>
/// <param name="IsMine">This replica's.</param>
/// <param name="Last">What was found out last, by whichever replica; null: nothing yet.</param>
public readonly record struct ProbeTurn(bool IsMine, HealthCheckView? Last);
