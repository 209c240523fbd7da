namespace Morgan.Upstreams.Hosts;

/// <summary>How far a host can be given a request now. Higher is better.</summary>
internal enum Usability
{
    /// <summary>Not at all: disabled, draining, circuit open, cooling down, full or at its rate limit.</summary>
    None,

    /// <summary>When no host of any tier can be: unhealthy or misconfigured.</summary>
    LastResort,

    /// <summary>When no other host of its tier can be: just returned, or under suspicion after a failure.</summary>
    Hesitant,

    /// <summary>Gladly.</summary>
    Full,
}
