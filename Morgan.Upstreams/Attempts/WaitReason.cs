namespace Morgan.Upstreams.Attempts;

/// <summary>What a request waits for while no host has it.</summary>
internal enum WaitReason
{
    /// <summary>A permit of a host's rate limit.</summary>
    RateLimit,

    /// <summary>A free place on a full host.</summary>
    Place,

    /// <summary>The return of a host whose circuit is open or that cools down.</summary>
    Return,

    /// <summary>The pause after all candidates failed.</summary>
    Backoff,
}
