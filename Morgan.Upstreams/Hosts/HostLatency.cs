using Morgan.Upstreams.Balancing;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>How fast a host answers: averages for choosing it, distributions for people and for learnt time limits.</summary>
internal sealed class HostLatency(MonotonicClock clock)
{
    private readonly PeakEwma _streamed = new();
    private readonly PeakEwma _whole = new();

    /// <summary>From sending to the end of good answers.</summary>
    public LatencyHistogram Total { get; } = new(clock);

    /// <summary>Of streams: from sending to the first data event.</summary>
    public LatencyHistogram TimeToFirstToken { get; } = new(clock);

    /// <summary>Seconds until its answers begin, for the kind asked or else for the other; null before the first.</summary>
    public double? Of(bool streamed, long now) =>
        streamed ? _streamed.At(now) ?? _whole.At(now) : _whole.At(now) ?? _streamed.At(now);

    /// <summary>An answer has begun.</summary>
    public void Began(bool streamed, TimeSpan elapsed, long now)
    {
        (streamed ? _streamed : _whole).Record(elapsed, now);
        if (streamed)
        {
            TimeToFirstToken.Record(elapsed);
        }
    }
}
