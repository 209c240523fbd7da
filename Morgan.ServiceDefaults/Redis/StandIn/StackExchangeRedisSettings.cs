namespace Aspire.StackExchange.Redis;

/// <summary>
/// The settings of Aspire's Redis client that Morgan sets, for package feeds without that package. Morgan has its own
/// health check (a cache that is away degrades a service, it does not make it unready) and its own spans, and turns
/// Aspire's off; the stand-in has none to begin with.
/// </summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>Leaves out Aspire's health check.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Leaves out Aspire's span per command.</summary>
    public bool DisableTracing { get; set; }
}
