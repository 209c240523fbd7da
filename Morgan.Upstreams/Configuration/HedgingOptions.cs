namespace Morgan.Upstreams.Configuration;

/// <summary>Whether a request whose answer is late goes to a second host as well; the first answer wins.</summary>
public sealed record HedgingOptions
{
    /// <summary>Whether it does [false]. Both hosts may bill for it.</summary>
    public bool Enabled { get; set; }

    /// <summary>Late is later than this share of the host's answers, 0.5 to 0.999 [0.95].</summary>
    public double DelayQuantile { get; set; } = 0.95;

    /// <summary>Second sendings in percent of the requests of the last 10 s, 0 to 100 [5].</summary>
    public double BudgetPercent { get; set; } = 5;
}
