namespace Morgan.EmbeddingService.Batching;

/// <summary>How fast the queue drains, learnt from the runs: what a Retry-After is worked out from.</summary>
internal sealed class DrainRate
{
    // The weight of a second of running: the last few seconds count.
    private const double HalfLifeSeconds = 5;
    private const double FallbackTokensPerSecond = 2000;

    private readonly Lock _gate = new();
    private double _tokens;
    private double _seconds;

    /// <summary>A caller ran some tokens.</summary>
    public void Ran(int tokens, TimeSpan took)
    {
        lock (_gate)
        {
            var keep = Math.Pow(0.5, took.TotalSeconds / HalfLifeSeconds);
            _tokens = (_tokens * keep) + tokens;
            _seconds = (_seconds * keep) + took.TotalSeconds;
        }
    }

    /// <summary>Tokens a second of one caller that is never idle.</summary>
    public double PerCaller
    {
        get
        {
            lock (_gate)
            {
                return _seconds > 0 ? _tokens / _seconds : FallbackTokensPerSecond;
            }
        }
    }
}
