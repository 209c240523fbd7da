using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Attempts;

/// <summary>What all requests together may spend on sending again.</summary>
internal sealed class AttemptBudgets(MonotonicClock clock)
{
    /// <summary>Attempts after a failure; ten in ten seconds are always allowed.</summary>
    public RetryBudget Retries { get; } = new(clock, always: 10);

    /// <summary>Second sendings of late requests; one in ten seconds is always allowed.</summary>
    public RetryBudget Hedges { get; } = new(clock, always: 1);

    /// <summary>A request came.</summary>
    public void Count()
    {
        Retries.Count();
        Hedges.Count();
    }
}
