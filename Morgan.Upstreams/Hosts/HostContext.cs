using Microsoft.Extensions.Logging;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>What all hosts and requests of one engine share.</summary>
/// <param name="Clock">Ticks since its start.</param>
/// <param name="Random">Chance; must stand concurrent use.</param>
/// <param name="Changes">Beats when a host may have become usable that was not.</param>
/// <param name="Metrics">The meter.</param>
/// <param name="Logger">The log.</param>
internal sealed record HostContext(
    MonotonicClock Clock, Random Random, Pulse Changes, UpstreamMetrics Metrics, ILogger Logger)
{
    public TimeProvider Time => Clock.Time;

    /// <summary>The other replicas; null: there is no way to reach any.</summary>
    public IFleet? Fleet { get; init; }
}
