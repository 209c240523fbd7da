namespace Morgan.LlmService.Admission;

/// <summary>What a tenant or a key has used, in this process. Survives a reload of the limits. Not thread-safe.</summary>
internal sealed class LimitLedger
{
    /// <summary>Requests of the last 60 s.</summary>
    public SlidingWindow Requests { get; } = new();

    /// <summary>Tokens of the last 60 s.</summary>
    public SlidingWindow Tokens { get; } = new();

    /// <summary>Tokens of <see cref="Day"/>.</summary>
    public long TokensToday { get; private set; }

    /// <summary>The day in UTC, as a number.</summary>
    public int Day { get; private set; }

    /// <summary>Requests at work.</summary>
    public int Concurrent { get; set; }

    /// <summary>Brings the counts up to now.</summary>
    public void MoveTo(long nowMs, int day)
    {
        Requests.MoveTo(nowMs);
        Tokens.MoveTo(nowMs);
        if (day != Day)
        {
            (Day, TokensToday) = (day, 0);
        }
    }

    /// <summary>Books tokens on the day, unless that is over.</summary>
    public void BookDay(int day, long tokens) => TokensToday += day == Day ? tokens : 0;
}
