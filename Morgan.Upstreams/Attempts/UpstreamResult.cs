using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>
/// What came of a request. Dispose it when the answer has been relayed: that releases the response and the lease, and
/// waits until no attempt reads the request's body any more.
/// </summary>
public sealed class UpstreamResult : IAsyncDisposable
{
    internal UpstreamResult(UpstreamResultKind kind) => Kind = kind;

    /// <summary>How it ended.</summary>
    public UpstreamResultKind Kind { get; }

    /// <summary>
    /// The host's answer, unread but for what <see cref="Attempt"/> has read: of <see cref="UpstreamResultKind.Accepted"/>
    /// and <see cref="UpstreamResultKind.HostError"/> always, of others never or not always.
    /// </summary>
    public HttpResponseMessage? Response { get; internal init; }

    /// <summary>The attempt that made <see cref="Response"/>.</summary>
    public IAttempt? Attempt { get; internal init; }

    /// <summary>The hold on the host, to be completed with the relay's outcome; null unless accepted.</summary>
    public HostLease? Lease { get; internal init; }

    /// <summary>The host of the last attempt; null when there was none.</summary>
    public Host? Host { get; internal init; }

    /// <summary>That host's own name of the model.</summary>
    public string? Model { get; internal init; }

    /// <summary>The last attempt's outcome; of no attempt, a failure without reason.</summary>
    public AttemptOutcome Outcome { get; internal init; }

    /// <summary>When it is worth trying again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; internal init; }

    /// <summary>The time in which a host had the request, all attempts together.</summary>
    public TimeSpan HostTime { get; internal init; }

    internal Task Losers { get; init; } = Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Response?.Dispose();
        Response?.RequestMessage?.Dispose();
        Lease?.Dispose();
        await Losers;
    }
}
