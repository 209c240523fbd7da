using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Balancing;

/// <summary>A host that can serve a request, with its own name for the model. Belongs to one tier.</summary>
public sealed class Candidate
{
    // Loading a model takes as long as a good many requests.
    private const double ColdLoad = 8;
    private const double MostDoublings = 16;

    private readonly double _perWeight;
    private int _inFlight;
    private long _lastPick;

    /// <summary>A candidate.</summary>
    /// <param name="host">The host.</param>
    /// <param name="model">Its own name of the model; null when the request names none.</param>
    public Candidate(Host host, string? model)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        Model = model;
        State = host.State;
        _perWeight = 1 / host.Options.Weight;
    }

    /// <summary>The host.</summary>
    public Host Host { get; }

    /// <summary>Its own name of the model.</summary>
    public string? Model { get; }

    /// <summary>
    /// Whether the model is loaded there [true]; <c>least-loaded</c> and <c>latency</c> prefer a host where it is. Set it
    /// whenever it is known.
    /// </summary>
    public bool IsWarm
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    } = true;

    /// <summary>Requests in flight that were given to this candidate; the host may have others.</summary>
    internal int InFlight => Volatile.Read(ref _inFlight);

    internal HostState State { get; }

    internal Tier? Tier { get; set; }

    /// <summary>The number of its last pick in its tier, where the strategy counts them.</summary>
    internal long LastPick
    {
        get => Volatile.Read(ref _lastPick);
        set => Volatile.Write(ref _lastPick, value);
    }

    /// <summary>
    /// Requests in its queue for its weight. Recent failures count like requests in flight: a host that fails fast has
    /// few of those, and would otherwise draw all traffic.
    /// </summary>
    internal double Load(long now) =>
        (State.InFlight + State.Trouble.Load.At(now) + (IsWarm ? 0 : ColdLoad)) * _perWeight;

    /// <summary>
    /// The seconds that a request would wait here for its answer to begin; twice as many for each recent failure, because
    /// answers that fail are often the fastest.
    /// </summary>
    internal double Cost(long now, bool streamed)
    {
        var (failures, queue) = (State.Trouble.Load.At(now), State.InFlight + (IsWarm ? 0 : ColdLoad));

        // Nothing known: free, so that it is tried, but by one request at a time and not after failures.
        return State.Latency.Of(streamed, now) is { } latency
            ? latency * (queue + 1) * double.Exp2(Math.Min(failures, MostDoublings))
            : queue + failures;
    }

    internal void Enter()
    {
        Interlocked.Increment(ref _inFlight);
        Tier?.Enter();
    }

    internal void Exit()
    {
        Interlocked.Decrement(ref _inFlight);
        Tier?.Exit();
    }
}
