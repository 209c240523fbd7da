namespace Morgan.Upstreams.Balancing;

/// <summary>
/// A moving average of a latency that jumps to each peak and forgets it within some tens of seconds, also without new
/// samples, so that a host that was slow once is tried again.
/// </summary>
internal sealed class PeakEwma
{
    private static readonly double Decay = TimeSpan.FromSeconds(10).Ticks;

    private volatile Average? _average;

    /// <summary>Seconds; null before the first sample.</summary>
    public double? At(long now) => _average is { } average ? average.Seconds * Fade(average, now) : null;

    public void Record(TimeSpan latency, long now)
    {
        var seconds = latency.TotalSeconds;
        if (_average is { } average && seconds < average.Seconds)
        {
            var fade = Fade(average, now);
            seconds = (average.Seconds * fade) + (seconds * (1 - fade));
        }

        _average = new Average(seconds, now);
    }

    private static double Fade(Average average, long now) => Math.Exp((average.At - now) / Decay);

    private sealed record Average(double Seconds, long At);
}
