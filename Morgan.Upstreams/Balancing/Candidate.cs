using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Balancing;

/// <summary>A host that can serve a request, with its own name for the model. Belongs to one tier.</summary>
public sealed class Candidate
{
    private int _inFlight;

    /// <summary>A candidate.</summary>
    /// <param name="host">The host.</param>
    /// <param name="model">Its own name of the model; null when the request names none.</param>
    public Candidate(Host host, string? model)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        Model = model;
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

    internal Tier? Tier { get; set; }

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
