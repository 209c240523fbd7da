namespace Morgan.Upstreams.Hosts;

/// <summary>Whether a host can be given a request now.</summary>
internal enum Usability
{
    /// <summary>No: disabled, draining, circuit open, cooling down, full or at its rate limit.</summary>
    None,

    /// <summary>Only when no other can: unhealthy, misconfigured, or just returning.</summary>
    LastResort,

    /// <summary>Yes.</summary>
    Full,
}
