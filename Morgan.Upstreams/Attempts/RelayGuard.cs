using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// The time limits of a relay. Use <see cref="Token"/> for every read from the host; call <see cref="Arm"/> before a read
/// and <see cref="Disarm"/> before writing to the client, whose slowness is not the host's.
/// </summary>
public sealed class RelayGuard : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _caller;
    private readonly Deadline _deadline;
    private readonly TimeSpan _idle;
    private bool _idleIsNext;
    private int _disposed;

    /// <summary>A guard that is not armed: only the deadline and the caller end it.</summary>
    /// <param name="timeouts">Of which <c>Idle</c> is used.</param>
    /// <param name="deadline">The request's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Cancelled when the client leaves.</param>
    public RelayGuard(TimeoutOptions timeouts, Deadline deadline, TimeProvider time, CancellationToken caller)
    {
        ArgumentNullException.ThrowIfNull(timeouts);
        _idle = timeouts.Idle;
        _deadline = deadline;
        _caller = caller;
        _source = PooledCancellation.Rent(Later(deadline.Remaining), time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    /// <summary>Ends when the client leaves, or when nothing came for too long, or at the deadline.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>From here on the host is waited for.</summary>
    public void Arm()
    {
        var remaining = _deadline.Remaining;
        _idleIsNext = _idle < remaining;
        _source.CancelAfter(Later(_idleIsNext ? _idle : remaining));
    }

    /// <summary>From here on it is not.</summary>
    public void Disarm()
    {
        _idleIsNext = false;
        _source.CancelAfter(Later(_deadline.Remaining));
    }

    /// <summary>What an exception of reading from the host means.</summary>
    public AttemptOutcome Explain(Exception exception) =>
        _caller.IsCancellationRequested ? AttemptOutcome.Cancelled
        : !_source.IsCancellationRequested ? AttemptOutcome.Failed(FailureReason.BrokenBody)
        : AttemptOutcome.Failed(_idleIsNext ? FailureReason.IdleTimeout : FailureReason.TotalTimeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _registration.Dispose();
            PooledCancellation.Return(_source);
        }
    }

    private static TimeSpan Later(TimeSpan delay) => delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
}
