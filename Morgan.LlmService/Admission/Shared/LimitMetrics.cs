using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>Metrics of limits and of what tenants use.</summary>
internal sealed class LimitMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Morgan.LlmService.Limits";

    /// <summary>Tenants with a series of their own; the others share <c>other</c>.</summary>
    private const int MostTenants = 200;
    private const string Others = "other";

    private readonly Meter _meter;
    private readonly ConcurrentDictionary<string, string> _tenants = new(StringComparer.Ordinal);
    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _tokens;
    private readonly Histogram<double> _wait;

    public LimitMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _decisions = _meter.CreateCounter<long>("morgan.limits.decisions", "{request}", "Requests admitted or refused, and by what: a lease, the store, or this replica's share.");
        _duration = _meter.CreateHistogram("morgan.limits.store.duration", "s", "Calls to the store that were answered.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1] });
        _failures = _meter.CreateCounter<long>("morgan.limits.store.failures", "{call}", "Calls to the store that failed or took too long.");
        _dropped = _meter.CreateCounter<long>("morgan.limits.bookings.dropped", "{booking}", "Bookings lost because the store was away for too long.");
        _wait = _meter.CreateHistogram("morgan.limits.wait", "s", "Waits of requests for the limits of their tenants, admitted in the end or not.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 20, 30, 60] });
        _tokens = _meter.CreateCounter<long>("morgan.tenant.tokens", "{token}", "Tokens of tenants: input, output, wasted.");
    }

    /// <summary>A request was admitted or refused.</summary>
    public void Decided(in Decision decision)
    {
        if (_decisions.Enabled)
        {
            _decisions.Add(1, new("result", decision.Verdict == Verdict.Granted ? "admitted" : "refused"), new("path", decision.Path));
        }
    }

    /// <summary>A request of a tenant that may wait has been decided.</summary>
    public void Waited(TimeSpan took) => _wait.Record(took.TotalSeconds);

    /// <summary>The store has answered.</summary>
    public void Asked(string operation, TimeSpan took) => _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>The store has not.</summary>
    public void Failed(string operation, string reason) => _failures.Add(1, new("operation", operation), new("reason", reason));

    /// <summary>A booking is lost.</summary>
    public void Dropped() => _dropped.Add(1);

    /// <summary>A request is over.</summary>
    public void Booked(string tenant, in Bill bill)
    {
        if (!_tokens.Enabled)
        {
            return;
        }

        var name = _tenants.TryGetValue(tenant, out var known) ? known
            : _tenants.Count < MostTenants ? _tenants.GetOrAdd(tenant, tenant)
            : Others;
        Add(name, "input", bill.Input);
        Add(name, "output", bill.Output);
        Add(name, "wasted", bill.Wasted);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Add(string tenant, string kind, long tokens)
    {
        if (tokens > 0)
        {
            _tokens.Add(tokens, new("tenant", tenant), new("kind", kind));
        }
    }
}
