namespace Morgan.Upstreams.Attempts;

/// <summary>
/// Hears of each attempt of a request: for a ledger, for spans. Called on the request's own path, with hedging from two
/// attempts at once; must not block or throw.
/// </summary>
public interface IAttemptObserver
{
    /// <summary>An attempt is about to be sent.</summary>
    void AttemptStarted(in AttemptInfo attempt);

    /// <summary>
    /// An attempt is decided: accepted (<see cref="OutcomeKind.Success"/>; the relay follows), or over.
    /// </summary>
    /// <param name="attempt">Which.</param>
    /// <param name="outcome">What it came to.</param>
    /// <param name="elapsed">Since it was sent.</param>
    void AttemptEnded(in AttemptInfo attempt, AttemptOutcome outcome, TimeSpan elapsed);
}
