namespace Morgan.Upstreams.Hosts;

/// <summary>One check of a host.</summary>
/// <param name="At">When.</param>
/// <param name="Ok">Whether the host answered as it should.</param>
/// <param name="ResponseMs">How long that took.</param>
/// <param name="Error">What was wrong; null when it succeeded.</param>
public sealed record HealthCheckView(DateTimeOffset At, bool Ok, double ResponseMs, string? Error);
