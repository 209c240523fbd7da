using System.Diagnostics;
using System.Diagnostics.Metrics;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Telemetry;

/// <summary>The meter <c>Morgan.Upstreams</c>.</summary>
internal sealed class UpstreamMetrics : IDisposable
{
    public const string Name = Tags.Source;

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _failovers;
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _relayFailures;
    private readonly Histogram<double> _waits;

    public UpstreamMetrics(IMeterFactory factory)
    {
        Meter = factory.Create(Name);
        _attempts = Meter.CreateCounter<long>("morgan.attempts", "{attempt}", "Sendings of requests to hosts.");
        _failovers = Meter.CreateCounter<long>("morgan.failovers", "{failover}", "Requests that left a host for another.");
        _transitions = Meter.CreateCounter<long>("morgan.circuit.transitions", "{transition}", "Changes of hosts' circuits.");
        _relayFailures = Meter.CreateCounter<long>("morgan.relay.failures", "{failure}", "Answers that broke off after they had begun.");
        _waits = Meter.CreateHistogram<double>("morgan.limiter.wait", "s", "Waits for a host that can take the request.");
    }

    public Meter Meter { get; }

    /// <summary>Reports the hosts' state whenever it is asked for.</summary>
    public void Observe(Func<HostPool> pool)
    {
        Meter.CreateObservableUpDownCounter(
            "morgan.host.in_flight",
            () => pool().Hosts.Select(host => new Measurement<int>(host.State.InFlight, Tag(Tags.Host, host.Name))),
            "{request}",
            "Requests that a host is working on.");
        Meter.CreateObservableUpDownCounter(
            "morgan.host.state",
            () => pool().Hosts.Select(host => new Measurement<int>(
                1,
                Tag(Tags.Host, host.Name),
                Tag(Tags.State, Words.Of(host.State.Health.State)),
                Tag(Tags.Circuit, Words.Of(host.State.Breaker.State)))),
            "{host}",
            "Hosts by health and circuit.");
    }

    public void Attempted(in AttemptInfo attempt, AttemptOutcome outcome)
    {
        if (_attempts.Enabled)
        {
            var tags = new TagList
            {
                { Tags.Host, attempt.Host.Name },
                { Tags.Cause, Words.Of(attempt.Cause) },
                { Tags.Outcome, Words.Of(outcome.Kind) },
            };
            if (Words.ErrorType(outcome) is { } error)
            {
                tags.Add(Tags.ErrorType, error);
            }

            _attempts.Add(1, tags);
        }
    }

    public void FailedOver(Host from, AttemptOutcome because) =>
        _failovers.Add(1, Tag(Tags.Host, from.Name), Tag(Tags.ErrorType, Words.ErrorType(because)));

    public void CircuitChanged(string host, CircuitState from, CircuitState to) =>
        _transitions.Add(1, Tag(Tags.Host, host), Tag(Tags.From, Words.Of(from)), Tag(Tags.To, Words.Of(to)));

    public void RelayFailed(string host, AttemptOutcome outcome) =>
        _relayFailures.Add(1, Tag(Tags.Host, host), Tag(Tags.ErrorType, Words.ErrorType(outcome)));

    public void Waited(TimeSpan time, WaitReason reason) =>
        _waits.Record(time.TotalSeconds, Tag(Tags.WaitReason, Words.Of(reason)));

    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
