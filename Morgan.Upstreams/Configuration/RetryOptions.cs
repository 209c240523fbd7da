namespace Morgan.Upstreams.Configuration;

/// <summary>When and how often a request is sent again.</summary>
public sealed record RetryOptions
{
    /// <summary>Attempts after the first, failovers to other hosts included, 0 to 20 [3].</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>The pause after the first round in which every candidate failed, 1 ms to 10 min [1 s].</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, <see cref="BaseDelay"/> to 1 h [1 min].</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The factor from one pause to the next, 1 to 10 [2].</summary>
    public double ExponentialBase { get; set; } = 2.0;

    /// <summary>Whether the pause is drawn evenly between zero and its full length (full jitter) [true].</summary>
    public bool Jitter { get; set; } = true;

    /// <summary>
    /// Retries in percent of the requests of the last 10 s beyond which none is made, 0 to 100 [20]; 10 are always allowed.
    /// </summary>
    public double BudgetPercent { get; set; } = 20;
}
