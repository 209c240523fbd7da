namespace Morgan.LlmSimulator.Plan;

/// <summary>One scripted fault. Which of the fields count depends on the kind.</summary>
internal sealed record Fault
{
    /// <summary>One of <see cref="FaultKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Share of the requests that it hits, 0 to 1; default 1.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How often it strikes before it is used up, at least 1; default: no limit.</summary>
    public long? Count { get; init; }

    /// <summary>HTTP status of <see cref="FaultKinds.Status"/>, 400 to 599; default 503.</summary>
    public int Status { get; init; } = 503;

    /// <summary><c>Retry-After</c> of <see cref="FaultKinds.Status"/> in seconds, 1 to 86,400; default: not sent.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>
    /// Events that a stream sends before the fault shows; default 3, in a chat the role event and two tokens.
    /// A shorter stream shows it before its last event.
    /// </summary>
    public int AfterEvents { get; init; } = 3;

    /// <summary>How late <see cref="FaultKinds.SlowHeaders"/> is, in milliseconds, 0 to 600,000; default 5,000.</summary>
    public int DelayMs { get; init; } = 5_000;
}
