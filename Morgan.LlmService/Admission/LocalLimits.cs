namespace Morgan.LlmService.Admission;

/// <summary>
/// This process's own books: all there is where no store is configured, and what a replica goes by while the store is
/// away, when it grants its fair share. They are kept all the time, so that they are right when they are needed.
/// </summary>
internal sealed class LocalLimits
{
    private const int MostLedgers = 100_000;
    private static readonly TimeSpan ConcurrencyRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LimitLedger> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitLedger> _keys = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly long _origin;

    public LocalLimits(TimeProvider time) => (_time, _origin) = (time, time.GetTimestamp());

    /// <summary>Books a request that was admitted by the store's books.</summary>
    public LocalEntry Book(CallerLimits limits, long tokens)
    {
        lock (_gate)
        {
            var (nowMs, day) = Now();
            return Book(Ledger(_tenants, limits.Tenant, nowMs, day), limits.Key is null ? null : Ledger(_keys, limits.Key, nowMs, day), day, tokens);
        }
    }

    /// <summary>Admits and books a request, or says which limit is in the way.</summary>
    /// <param name="limits">The caller's.</param>
    /// <param name="tokens">What it sets aside.</param>
    /// <param name="replicas">How many share the limits; each grants an equal part, but never less than one.</param>
    public (LocalEntry? Entry, Refusal? Refusal) TryBook(CallerLimits limits, long tokens, int replicas)
    {
        lock (_gate)
        {
            var (nowMs, day) = Now();
            var tenant = Ledger(_tenants, limits.Tenant, nowMs, day);
            var key = limits.Key is null ? null : Ledger(_keys, limits.Key, nowMs, day);
            var refusal = Check(limits.OfTenant, tenant, limits.TenantWords, tokens, nowMs, replicas)
                ?? (key is null ? null : Check(limits.OfKey!, key, limits.KeyWords, tokens, nowMs, replicas));
            return refusal is null ? (Book(tenant, key, day, tokens), null) : (null, refusal);
        }
    }

    /// <summary>Ends what <see cref="Book(CallerLimits, long)"/> or <see cref="TryBook"/> began.</summary>
    public void End(LocalEntry entry, long used)
    {
        lock (_gate)
        {
            entry.End(used);
        }
    }

    /// <summary>What a tenant has used here: requests and tokens of the last 60 s, tokens of the day, requests at work.</summary>
    public (long Requests, long Tokens, long TokensToday, int Concurrent) Used(string tenant)
    {
        lock (_gate)
        {
            var (nowMs, day) = Now();
            if (!_tenants.TryGetValue(tenant, out var ledger))
            {
                return default;
            }

            ledger.MoveTo(nowMs, day);
            return (ledger.Requests.Sum, ledger.Tokens.Sum, ledger.TokensToday, ledger.Concurrent);
        }
    }

    private static LocalEntry Book(LimitLedger tenant, LimitLedger? key, int day, long tokens)
    {
        tenant.Requests.Add(1);
        key?.Requests.Add(1);
        tenant.BookDay(day, tokens);
        tenant.Concurrent++;
        return new LocalEntry(tenant, key, tenant.Tokens.Add(tokens), key?.Tokens.Add(tokens) ?? 0, day, tokens);
    }

    // Names come from the configuration, never from the caller, so the bound is out of reach; it is there all the same.
    private static LimitLedger Ledger(Dictionary<string, LimitLedger> ledgers, string name, long nowMs, int day)
    {
        if (!ledgers.TryGetValue(name, out var ledger))
        {
            if (ledgers.Count >= MostLedgers)
            {
                ledgers.Clear();
            }

            ledgers[name] = ledger = new LimitLedger();
        }

        ledger.MoveTo(nowMs, day);
        return ledger;
    }

    private Refusal? Check(TenantOptions limit, LimitLedger used, string whose, long tokens, long nowMs, int replicas)
    {
        if (limit.MaxConcurrent > 0 && used.Concurrent >= Share(limit.MaxConcurrent, replicas))
        {
            return new Refusal(LimitKind.Concurrent, whose, limit, ConcurrencyRetry);
        }

        if (limit.RequestsPerMinute > 0
            && used.Requests.UntilRoom(1, Share(limit.RequestsPerMinute, replicas), nowMs) is { Ticks: > 0 } requestWait)
        {
            return new Refusal(LimitKind.Requests, whose, limit, requestWait);
        }

        if (limit.TokensPerMinute > 0 && tokens > limit.TokensPerMinute)
        {
            return new Refusal(LimitKind.TooLarge, whose, limit, TimeSpan.Zero);
        }

        // A request that is larger than the share, but not than the limit, waits for the share to be whole.
        if (limit.TokensPerMinute > 0 && Share(limit.TokensPerMinute, replicas) is var share
            && used.Tokens.UntilRoom(Math.Min(tokens, share), share, nowMs) is { Ticks: > 0 } tokenWait)
        {
            return new Refusal(LimitKind.Tokens, whose, limit, tokenWait);
        }

        var now = _time.GetUtcNow().UtcDateTime;
        return limit.TokensPerDay > 0 && used.TokensToday + tokens > Share(limit.TokensPerDay, replicas)
            ? new Refusal(LimitKind.Day, whose, limit, now.Date.AddDays(1) - now)
            : null;
    }

    private static long Share(long limit, int replicas) => Math.Max(1, limit / replicas);

    private (long NowMs, int Day) Now() =>
        ((long)_time.GetElapsedTime(_origin).TotalMilliseconds, (int)(_time.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay));
}
