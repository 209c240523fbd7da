namespace Morgan.LlmSimulator.Control;

/// <summary>What the host was asked and what it did, since its start or the last reset.</summary>
internal sealed class SimulatorStats
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private long _requests;
    private long _inFlight;
    private long _promptTokens;
    private long _tokensSent;
    private long _cancelled;
    private long _healthChecks;
    private long _redirectsFollowed;

    /// <summary>A request has come.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _inFlight);
    }

    /// <summary>A request has ended: <c>ok</c>, <c>invalid</c>, <c>overloaded</c>, <c>cancelled</c>, or the fault's kind.</summary>
    public void End(string outcome, bool cancelled)
    {
        Interlocked.Decrement(ref _inFlight);
        if (cancelled)
        {
            Interlocked.Increment(ref _cancelled);
        }

        lock (_lock)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
    }

    /// <summary>A prompt is being answered.</summary>
    public void AddPromptTokens(int tokens) => Interlocked.Add(ref _promptTokens, tokens);

    /// <summary>Tokens have gone out.</summary>
    public void AddTokensSent(int tokens) => Interlocked.Add(ref _tokensSent, tokens);

    /// <summary>A health check or a list of models was asked for.</summary>
    public void AddHealthCheck() => Interlocked.Increment(ref _healthChecks);

    /// <summary>A client has followed a redirect.</summary>
    public void AddRedirectFollowed() => Interlocked.Increment(ref _redirectsFollowed);

    /// <summary>The counts now.</summary>
    public StatsSnapshot Read()
    {
        lock (_lock)
        {
            return new StatsSnapshot(
                Interlocked.Read(ref _requests), Interlocked.Read(ref _inFlight), Interlocked.Read(ref _promptTokens),
                Interlocked.Read(ref _tokensSent), Interlocked.Read(ref _cancelled), Interlocked.Read(ref _healthChecks),
                Interlocked.Read(ref _redirectsFollowed), new SortedDictionary<string, long>(_outcomes, StringComparer.Ordinal));
        }
    }

    /// <summary>Counts from zero again; requests under way stay in flight.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _outcomes.Clear();
            _requests = _promptTokens = _tokensSent = _cancelled = _healthChecks = _redirectsFollowed = 0;
        }
    }
}
