namespace Morgan.LlmService.Admission.Waiting;

/// <summary>Where a request stands in its line, as it asks whether it may go.</summary>
/// <param name="AheadRequests">Requests that go before it.</param>
/// <param name="AheadTokens">Their tokens.</param>
/// <param name="BehindRequests">Requests that it would go before although they were here first; of one that was told to wait: none.</param>
/// <param name="BehindTokens">Their tokens.</param>
internal readonly record struct LinePlace(long AheadRequests = 0, long AheadTokens = 0, long BehindRequests = 0, long BehindTokens = 0)
{
    /// <summary>Of a request that does not wait.</summary>
    public static LinePlace None => default;

    /// <summary>Whether it stands in a line at all.</summary>
    public bool Waits { get; init; }

    /// <summary>Whether it was told to wait and its turn has come: it need not let other replicas' requests go first.</summary>
    public bool IsTurn { get; init; }

    /// <summary>Requests of the whole line but itself.</summary>
    public long LineRequests { get; init; }

    /// <summary>Their tokens.</summary>
    public long LineTokens { get; init; }

    /// <summary>How long it can wait.</summary>
    public TimeSpan Left { get; init; }

    /// <summary>
    /// How long those can wait that it would go before: the least patient of those who were told to. If that would not be
    /// enough any more, it goes behind them.
    /// </summary>
    public TimeSpan LeftBehind { get; init; }

    /// <summary>How long anyone in the line can wait.</summary>
    public TimeSpan MostLeft { get; init; }

    /// <summary>Whether a request that was refused can have what it needs in time.</summary>
    public bool CanWait(in Refusal refusal) => refusal.Kind != LimitKind.TooLarge && refusal.Wait <= Left;
}
