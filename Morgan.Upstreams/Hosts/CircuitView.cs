using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>A circuit for the admin API.</summary>
/// <param name="State"><c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="Failures">Consecutive failures while closed.</param>
/// <param name="ReopensInMs">Until an open circuit lets a probe through; 0: it does, or is not open.</param>
public sealed record CircuitView(string State, int Failures, long ReopensInMs)
{
    internal static CircuitView Of(CircuitBreaker breaker, long now) =>
        new(Words.Of(breaker.State), breaker.Failures, HostView.Milliseconds(breaker.ReopensIn(now)));
}
