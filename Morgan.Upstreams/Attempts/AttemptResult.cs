namespace Morgan.Upstreams.Attempts;

/// <summary>One attempt, decided. Owns the response.</summary>
internal readonly record struct AttemptResult(AttemptOutcome Outcome, HttpResponseMessage? Response, IAttempt Attempt);
