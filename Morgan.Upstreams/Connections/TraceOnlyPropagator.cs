using System.Diagnostics;

namespace Morgan.Upstreams.Connections;

/// <summary>
/// Tells hosts which trace a request belongs to, and nothing else: baggage that a client attached to its request is not
/// for others to read.
/// </summary>
internal sealed class TraceOnlyPropagator : DistributedContextPropagator
{
    private static readonly DistributedContextPropagator Whole = CreateDefaultPropagator();

    public override IReadOnlyCollection<string> Fields { get; } = ["traceparent", "tracestate"];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (setter is not null)
        {
            Whole.Inject(activity, (carrier, setter), static (state, name, value) =>
            {
                var (carrier, setter) = ((object?, PropagatorSetterCallback))state!;
                if (name is "traceparent" or "tracestate")
                {
                    setter(carrier, name, value);
                }
            });
        }
    }

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        Whole.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
