namespace Morgan.Upstreams.Hosts;

/// <summary>What a request already has of a host when it enters.</summary>
[Flags]
internal enum HeldPermits
{
    None = 0,

    /// <summary>A place of its bulkhead.</summary>
    Place = 1,

    /// <summary>A permit of its rate limit.</summary>
    Rate = 2,
}
