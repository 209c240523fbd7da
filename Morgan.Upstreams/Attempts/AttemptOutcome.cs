using System.Net;

namespace Morgan.Upstreams.Attempts;

/// <summary>What an attempt came to, and what <see cref="OutcomeTable"/> needs to judge it.</summary>
/// <param name="Kind">What it came to.</param>
/// <param name="Reason">Why it failed; <see cref="FailureReason.None"/> otherwise.</param>
/// <param name="Status">The host's status, where there was one.</param>
/// <param name="RetryAfter">How long the host asked to be left alone.</param>
public readonly record struct AttemptOutcome(
    OutcomeKind Kind,
    FailureReason Reason = FailureReason.None,
    HttpStatusCode? Status = null,
    TimeSpan? RetryAfter = null)
{
    /// <summary>A right answer.</summary>
    public static AttemptOutcome Success { get; } = new(OutcomeKind.Success);

    /// <summary>Morgan's client left.</summary>
    public static AttemptOutcome Cancelled { get; } = new(OutcomeKind.Cancelled);

    /// <summary>A failure.</summary>
    public static AttemptOutcome Failed(FailureReason reason) => new(OutcomeKind.Failed, reason);

    /// <summary>The host asks for a pause, in a header or inside a 200.</summary>
    public static AttemptOutcome RateLimited(TimeSpan? retryAfter) =>
        new(OutcomeKind.RateLimited, Status: HttpStatusCode.TooManyRequests, RetryAfter: retryAfter);
}
