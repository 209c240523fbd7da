using System.Diagnostics;
using System.Net.Http.Headers;

namespace Morgan.Upstreams.Connections;

/// <summary>
/// Tells hosts which trace a request belongs to (W3C trace context), and nothing else: baggage that a client attached to
/// its request is not for others to read.
/// </summary>
/// <remarks>
/// Instead of the framework's handler, which would make a second span of each attempt and asks each request whether
/// somebody listens.
/// </remarks>
internal static class TraceHeaders
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    /// <summary>Adds the current activity, unless the request says itself what it belongs to.</summary>
    public static void Add(HttpRequestHeaders headers)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } current || headers.NonValidated.Contains(Parent))
        {
            return;
        }

        headers.TryAddWithoutValidation(Parent, current.Id);
        if (current.TraceStateString is { Length: > 0 } state)
        {
            headers.TryAddWithoutValidation(State, state);
        }
    }

    /// <summary>Adds a trace that nobody records.</summary>
    public static void AddUnrecorded(HttpRequestHeaders headers) =>
        headers.TryAddWithoutValidation(Parent, $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
}
