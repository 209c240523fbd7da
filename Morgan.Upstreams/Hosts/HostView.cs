using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>A host for the admin API. Serialise with camel case; the states are the contract's words.</summary>
public sealed record HostView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its address.</summary>
    public required string Url { get; init; }

    /// <summary>Whether it may get requests, by configuration or by hand.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether it is being emptied.</summary>
    public required bool Draining { get; init; }

    /// <summary><c>healthy</c>, <c>degraded</c>, <c>unhealthy</c> or <c>unknown</c>.</summary>
    public required string State { get; init; }

    /// <summary>Its circuit.</summary>
    public required CircuitView Circuit { get; init; }

    /// <summary>How long it is left alone at its own wish; 0: it is not.</summary>
    public required long CoolingDownMs { get; init; }

    /// <summary>Whether it lately refused Morgan's credentials or redirected.</summary>
    public required bool Misconfigured { get; init; }

    /// <summary>Requests that it is working on.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests since the start.</summary>
    public required long Requests { get; init; }

    /// <summary>Of these, failures that are its fault.</summary>
    public required long Failures { get; init; }

    /// <summary>From sending to the end of the answer.</summary>
    public required QuantileView LatencyMs { get; init; }

    /// <summary>Of streams: from sending to the first data event.</summary>
    public required QuantileView TimeToFirstTokenMs { get; init; }

    /// <summary>Of the last 100 checks, those that succeeded; 100 before the first.</summary>
    public required double UptimePercent { get; init; }

    /// <summary>The last check; null before the first.</summary>
    public required HealthCheckView? LastCheck { get; init; }

    /// <summary>Failures in a row, checks and requests together.</summary>
    public required int ConsecutiveFailures { get; init; }

    /// <summary>Its rate limit; null when it has none.</summary>
    public required LimiterView? Limiter { get; init; }

    /// <summary>As configured.</summary>
    public required double Weight { get; init; }

    /// <summary>As configured.</summary>
    public required int Priority { get; init; }

    /// <summary>The public names of its models, as configured; a service that asks hosts for theirs fills it in.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    internal static HostView Of(Host host)
    {
        var state = host.State;
        var now = state.Clock.Now;
        return new HostView
        {
            Name = host.Name,
            Url = host.Address.AbsoluteUri,
            Enabled = state.Switch.IsEnabled,
            Draining = state.Switch.IsDraining,
            State = Words.Of(state.Health.State),
            Circuit = CircuitView.Of(state.Breaker, now),
            CoolingDownMs = Milliseconds(state.Trouble.CoolDown.Remaining(now)),
            Misconfigured = state.Trouble.Misconfigured.Remaining(now) > 0,
            InFlight = state.InFlight,
            Requests = state.Requests,
            Failures = state.Failures,
            LatencyMs = QuantileView.Of(state.Latency.Total),
            TimeToFirstTokenMs = QuantileView.Of(state.Latency.TimeToFirstToken),
            UptimePercent = state.Health.UptimePercent,
            LastCheck = state.Health.LastCheck,
            ConsecutiveFailures = state.Health.ConsecutiveFailures,
            Limiter = LimiterView.Of(state),
            Weight = host.Options.Weight,
            Priority = host.Options.Priority,
            Models = host.Options.Models is { } models ? [.. models.Keys.Order(StringComparer.Ordinal)] : [],
        };
    }

    // Rounded up, so that 0 means over.
    internal static long Milliseconds(long ticks) => (ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
}
