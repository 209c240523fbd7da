using Morgan.LlmService.Metering;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Admission;

/// <summary>Counts a request's attempts, and those on which a host has worked for nothing.</summary>
internal sealed class AttemptTally : IAttemptObserver
{
    private int _attempts;
    private int _unworked;
    private int _accepted;

    /// <inheritdoc/>
    public void AttemptStarted(in AttemptInfo attempt) => Interlocked.Increment(ref _attempts);

    /// <inheritdoc/>
    public void AttemptEnded(in AttemptInfo attempt, AttemptOutcome outcome, TimeSpan elapsed)
    {
        if (outcome.Kind == OutcomeKind.Success)
        {
            Interlocked.Exchange(ref _accepted, 1);
        }
        else if (NeverWorked(outcome))
        {
            Interlocked.Increment(ref _unworked);
        }
    }

    /// <summary>Counts one that is not made by Morgan.Upstreams, at the embedding service: nothing of it is lost.</summary>
    public void CountAttempt() => (_attempts, _unworked) = (_attempts + 1, _unworked + 1);

    /// <summary>What it comes to.</summary>
    /// <param name="usage">Of the answer; null: there was none.</param>
    /// <param name="prompt">The prompt's tokens, as estimated: what a lost attempt has cost at least.</param>
    /// <param name="clientLeft">Whether the client left before its end: the answer is wasted, at the client's cost.</param>
    public Bill Bill(TokenUsage? usage, long prompt, bool clientLeft)
    {
        // One that is not decided yet, a hedge that lost, is at work and will be cut off.
        // Where no host was to be had there is none.
        var attempts = Volatile.Read(ref _attempts);
        var wasted = prompt * Math.Max(0, attempts - Volatile.Read(ref _unworked) - Volatile.Read(ref _accepted));
        return usage is not { } answer ? new Bill(0, 0, wasted, attempts)
            : clientLeft ? new Bill(0, 0, wasted + answer.Total, attempts) { Used = answer.Total }
            : new Bill(answer.Input, answer.Output, wasted, attempts);
    }

    // Not reached, or refused at the door.
    private static bool NeverWorked(AttemptOutcome outcome) =>
        outcome.Kind is OutcomeKind.RateLimited or OutcomeKind.Misconfigured or OutcomeKind.ClientError
        || outcome.Reason is FailureReason.Connect or FailureReason.ConnectTimeout or FailureReason.Status;
}
