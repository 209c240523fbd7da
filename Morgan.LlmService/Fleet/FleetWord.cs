using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Fleet;

/// <summary>What one replica tells the others of a host, as JSON.</summary>
/// <param name="Replica">Who says it.</param>
/// <param name="Host">The host's name and address.</param>
internal sealed record FleetWord(string Replica, string Host)
{
    /// <summary>It asked to be left alone for so many milliseconds; 0: it did not.</summary>
    public long CoolForMs { get; init; }

    /// <summary>Its cool-down was ended by hand.</summary>
    public bool IsReset { get; init; }

    /// <summary>It was checked.</summary>
    public HealthCheckView? Check { get; init; }
}
