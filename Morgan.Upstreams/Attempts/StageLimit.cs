using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>How long an answer may take to begin.</summary>
internal static class StageLimit
{
    private const int EnoughSamples = 20;
    private const double Slack = 3;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The configured limit; with <c>Timeouts:Adaptive</c> and enough answers seen, three times the host's own 99th
    /// percentile where that is less.
    /// </summary>
    public static TimeSpan Of(Host host, bool streamed)
    {
        var timeouts = host.Settings.Timeouts;
        var configured = streamed ? timeouts.FirstByte : timeouts.Response;
        if (!timeouts.Adaptive || Quantile(host, streamed, 0.99) is not { } slow)
        {
            return configured;
        }

        var learnt = slow * Slack;
        learnt = learnt > Least ? learnt : Least;
        return learnt < configured ? learnt : configured;
    }

    /// <summary>When an answer is later than usual; null while too few were seen.</summary>
    public static TimeSpan? Quantile(Host host, bool streamed, double quantile) =>
        (streamed ? host.State.Latency.TimeToFirstToken : host.State.Latency.Total).Quantile(quantile, EnoughSamples);
}
