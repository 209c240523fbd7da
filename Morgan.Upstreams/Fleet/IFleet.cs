using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Fleet;

/// <summary>
/// What the replicas of a service tell each other about hosts. Register an implementation to share it; without one, and
/// while <see cref="IsUp"/> is false, each replica is for itself. Hosts are named as in <see cref="HostPool"/>.
/// </summary>
public interface IFleet
{
    /// <summary>Whether the others can be reached now.</summary>
    bool IsUp { get; }

    /// <summary>How many replicas there are, this one included, when that was last known.</summary>
    int Replicas { get; }

    /// <summary>A host asked this replica to be left alone for <paramref name="pause"/>. Does not wait.</summary>
    void CooledDown(string host, TimeSpan pause);

    /// <summary>Somebody has ended a host's cool-down. Does not wait.</summary>
    void Reset(string host);

    /// <summary>Asks for permits of the limit that all replicas have together for a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="limit">Its limit.</param>
    /// <param name="count">How many are wanted, 1 or more.</param>
    /// <returns>What there is; null: the others can't be asked.</returns>
    ValueTask<FleetPermits?> TakeAsync(string host, RateLimitOptions limit, int count);

    /// <summary>Asks whether this replica is to check a host now, which one of them does in each interval.</summary>
    ValueTask<ProbeTurn> TurnAsync(string host, TimeSpan interval);

    /// <summary>This replica has checked a host, as one does in each <paramref name="interval"/>. Does not wait.</summary>
    void Probed(string host, HealthCheckView check, TimeSpan interval);
}
