using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.CircuitBreaking;

namespace Morgan.Upstreams.Hosts;

/// <summary>
/// The hold on a host while it works on a request: a place among those in flight, and the duty to say what came of it.
/// </summary>
public sealed class HostLease : IDisposable
{
    private readonly long _start;
    private BreakerPermit _permit;
    private int _completed;
    private bool _accepted;

    internal HostLease(Candidate candidate, BreakerPermit permit, long start)
    {
        Candidate = candidate;
        _permit = permit;
        _start = start;
        candidate.Enter();
    }

    /// <summary>The host.</summary>
    public Host Host => Candidate.Host;

    /// <summary>The host's own name of the model.</summary>
    public string? Model => Candidate.Model;

    /// <summary>From sending to the accepted answer: the time to first token of a stream.</summary>
    public TimeSpan TimeToAccept { get; private set; }

    internal Candidate Candidate { get; }

    /// <summary>
    /// The relay is over: gives the place back, feeds circuit, health and latencies. Only the first call counts.
    /// </summary>
    /// <param name="outcome">Success, Failed with the reason, or Cancelled when the client left.</param>
    public void Complete(AttemptOutcome outcome)
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            Candidate.Exit();
            Host.State.Exit(_permit, outcome, _accepted, Elapsed());
        }
    }

    /// <summary>As cancelled, if it was not completed.</summary>
    public void Dispose() => Complete(AttemptOutcome.Cancelled);

    internal void Accept(bool streamed)
    {
        _accepted = true;
        TimeToAccept = Elapsed();
        _permit = Host.State.Accept(_permit, streamed, TimeToAccept);
    }

    internal TimeSpan Elapsed() => new(Host.State.Clock.Now - _start);
}
