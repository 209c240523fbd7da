namespace Morgan.Upstreams.Attempts;

/// <summary>How a request ended, as far as the engine goes.</summary>
public enum UpstreamResultKind
{
    /// <summary>A host's good answer; the caller relays it and completes the lease.</summary>
    Accepted,

    /// <summary>A host's error answer, to be passed on: a client error, or the last attempt's failure.</summary>
    HostError,

    /// <summary>429 from every host that answered; <see cref="UpstreamResult.RetryAfter"/> is the soonest. May hold the last answer.</summary>
    RateLimited,

    /// <summary>The last host refused Morgan's credentials or redirected.</summary>
    Misconfigured,

    /// <summary>The last answer broke off, or was no answer.</summary>
    BadResponse,

    /// <summary>A time limit passed.</summary>
    Timeout,

    /// <summary>No candidate is usable or could be connected to, and waiting for one would pass the deadline.</summary>
    NoHealthyHost,

    /// <summary>The usable candidates are full or at their rate limit, and waiting would pass <c>MaxWait</c> or the deadline.</summary>
    Overloaded,
}
