using System.Globalization;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Admin;

/// <summary>A host in the health answer, without its address, which may hold more than a name.</summary>
/// <param name="State"><c>healthy</c>, <c>degraded</c>, <c>unhealthy</c> or <c>unknown</c>.</param>
/// <param name="Circuit"><c>closed</c>, <c>open</c> or <c>half-open</c>.</param>
/// <param name="Reason">Why it gets no requests, or fewer; null: it does.</param>
/// <param name="LastCheck">Its last check; null before the first.</param>
internal sealed record HostCondition(string State, string Circuit, string? Reason, HealthCheckView? LastCheck)
{
    /// <summary>What a view of a host says.</summary>
    public static HostCondition Of(HostView view) => new(view.State, view.Circuit.State, Explain(view), view.LastCheck);

    private static string? Explain(HostView view) => view switch
    {
        { Draining: true } => string.Create(CultureInfo.InvariantCulture, $"is being drained, {view.InFlight} requests left"),
        { Enabled: false } => "is disabled",
        { Misconfigured: true } => "refused the gateway's credentials, or redirected",
        { CoolingDownMs: > 0 } => $"asked to be left alone for another {Seconds(view.CoolingDownMs)}",
        { Circuit: { State: "open" } circuit } => $"its circuit is open for another {Seconds(circuit.ReopensInMs)}",
        { LastCheck: { Ok: false, Error: { } error } } => $"its last check failed: {error}",
        { ConsecutiveFailures: > 0 } => string.Create(CultureInfo.InvariantCulture, $"failed {view.ConsecutiveFailures} times in a row"),
        _ => null,
    };

    private static string Seconds(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{(milliseconds + 999) / 1000} s");
}
