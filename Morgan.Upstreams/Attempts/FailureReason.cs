namespace Morgan.Upstreams.Attempts;

/// <summary>Why an attempt failed. Each has its own value of <c>error.type</c> in metrics and spans.</summary>
public enum FailureReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>No connection: refused, reset, name not found, TLS failure, forbidden address.</summary>
    Connect,

    /// <summary>No connection within <c>Timeouts:Connect</c>.</summary>
    ConnectTimeout,

    /// <summary>A stream without data within <c>Timeouts:FirstByte</c>.</summary>
    FirstByteTimeout,

    /// <summary>No response head within <c>Timeouts:Response</c> (not streamed).</summary>
    ResponseTimeout,

    /// <summary>Nothing came for <c>Timeouts:Idle</c> while the answer was relayed.</summary>
    IdleTimeout,

    /// <summary>The request's deadline passed.</summary>
    TotalTimeout,

    /// <summary>A failing status: 408 or 5xx.</summary>
    Status,

    /// <summary>409 with <c>x-should-retry: true</c>: to be sent again, not the host's fault.</summary>
    Conflict,

    /// <summary>The answer broke off, or is not what it should be (malformed, wrong content type).</summary>
    BrokenBody,

    /// <summary>An error object inside a 200 stream.</summary>
    ErrorInStream,
}
