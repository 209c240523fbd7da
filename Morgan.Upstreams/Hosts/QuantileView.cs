using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>Times in milliseconds over the last ten minutes; null where there were none.</summary>
/// <param name="P50">Half were faster.</param>
/// <param name="P95">95 % were.</param>
/// <param name="P99">99 % were.</param>
public sealed record QuantileView(double? P50, double? P95, double? P99)
{
    internal static QuantileView Of(LatencyHistogram histogram) =>
        new(Milliseconds(histogram, 0.5), Milliseconds(histogram, 0.95), Milliseconds(histogram, 0.99));

    private static double? Milliseconds(LatencyHistogram histogram, double quantile) =>
        histogram.Quantile(quantile) is { } time ? Math.Round(time.TotalMilliseconds, 3) : null;
}
