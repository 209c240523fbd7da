namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>
/// The end of a service's life: after SIGTERM or Ctrl+C new connections are refused and requests in flight go on until
/// <see cref="Expired"/>; a stream that is still open then ends itself with its error event.
/// </summary>
public sealed class Drain : IDisposable
{
    /// <summary>The configuration key of <see cref="Grace"/>.</summary>
    internal const string Key = "Drain";

    /// <summary>How long the server waits past <see cref="Grace"/> for streams to write their last event.</summary>
    internal static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _expired;

    internal Drain(TimeSpan grace, TimeProvider time)
    {
        Grace = grace;
        _expired = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>How long requests in flight get, key <c>Drain</c> [8 s]; 0 to 1 hour.</summary>
    public TimeSpan Grace { get; }

    /// <summary>Cancelled when the grace is over.</summary>
    public CancellationToken Expired => _expired.Token;

    /// <inheritdoc/>
    public void Dispose() => _expired.Dispose();

    internal void Begin() => _expired.CancelAfter(Grace);
}
