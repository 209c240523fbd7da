namespace Morgan.Tests.Chaos.Matrix;

/// <summary>A host's own counts.</summary>
/// <param name="Requests">That reached it.</param>
/// <param name="InFlight">Not ended.</param>
/// <param name="Cancelled">Whose client left.</param>
/// <param name="RedirectsFollowed">Whose redirect was followed.</param>
/// <param name="HealthChecks">That reached it.</param>
internal readonly record struct HostCounts(long Requests, long InFlight, long Cancelled, long RedirectsFollowed, long HealthChecks);
