using Morgan.Upstreams.Balancing;

namespace Morgan.Upstreams.Attempts;

/// <summary>A request to one of several hosts.</summary>
public sealed class UpstreamRequest
{
    /// <summary>The candidates, tier by tier: the next is used only when the one before has no usable host.</summary>
    public required IReadOnlyList<Tier> Tiers { get; init; }

    /// <summary>Makes the attempts.</summary>
    public required IAttemptFactory Attempts { get; init; }

    /// <summary>When the whole request, relay included, must be over: usually <c>Timeouts:Total</c> from its arrival.</summary>
    public required Deadline Deadline { get; init; }

    /// <summary>Whether the answer is a stream: it is then timed to its first data event, else to its response head.</summary>
    public bool Streamed { get; init; }

    /// <summary>A hash of what requests with a common cache have in common, for <c>prefix-affinity</c>; 0: none. The same over all replicas.</summary>
    public ulong PrefixHash { get; init; }

    /// <summary>
    /// Whose request it is, by any name: requests that wait for a host take turns by it, however many each has. Empty: nobody's,
    /// which is a flow like any other but leaves no room in a queue for others.
    /// </summary>
    public string Flow { get; init; } = "";

    /// <summary>Whether it may be sent again after a failure [true].</summary>
    public bool MayRetry { get; init; } = true;

    /// <summary>Hears of each attempt.</summary>
    public IAttemptObserver? Observer { get; init; }
}
