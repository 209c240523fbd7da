using System.Runtime.CompilerServices;
using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// The time limits of a relay. Use <see cref="Token"/> for everything that waits for the host, and <see cref="ReadAsync"/>
/// to read from it: the idle limit is on only meanwhile, because a client's slowness is not the host's.
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

    /// <summary>Reads from the host, with the idle limit on while it is waited for.</summary>
    /// <param name="host">Its answer.</param>
    /// <param name="buffer">Where to; not empty.</param>
    /// <returns>The bytes read; 0: the answer is over.</returns>
    public ValueTask<int> ReadAsync(Stream host, Memory<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(host);
        var read = host.ReadAsync(buffer, Token);
        return read.IsCompletedSuccessfully ? read : WaitAsync(read);
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // once an event of a stream
    private async ValueTask<int> WaitAsync(ValueTask<int> read)
    {
        Arm();
        var count = await read;

        // From here on it is not waited for.
        _idleIsNext = false;
        _source.CancelAfter(Later(_deadline.Remaining));
        return count;
    }

    private static TimeSpan Later(TimeSpan delay) => delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
}
