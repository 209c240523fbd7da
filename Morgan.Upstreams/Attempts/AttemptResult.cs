using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>One attempt, decided.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Response">The host's answer, where there is one; owned by whoever holds the result.</param>
/// <param name="Attempt">The caller's part of it.</param>
/// <param name="Lease">Still to be completed after success, completed otherwise.</param>
internal sealed record AttemptResult(AttemptOutcome Outcome, HttpResponseMessage? Response, IAttempt? Attempt, HostLease Lease)
{
    /// <summary>Nobody wants the answer.</summary>
    public void Discard()
    {
        if (Outcome.Kind == OutcomeKind.Success)
        {
            (Attempt as IDisposable)?.Dispose();
        }

        Response?.Dispose();
        Response?.RequestMessage?.Dispose();
        Lease.Dispose();
    }
}
