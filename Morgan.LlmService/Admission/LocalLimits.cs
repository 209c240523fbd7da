using Morgan.LlmService.Admission.Waiting;

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
    /// <param name="place">Who goes before it.</param>
    public (LocalEntry? Entry, Refusal? Refusal) TryBook(CallerLimits limits, long tokens, int replicas, in LinePlace place = default)
    {
        lock (_gate)
        {
            var (nowMs, day) = Now();
            var tenant = Ledger(_tenants, limits.Tenant, nowMs, day);
            var key = limits.Key is null ? null : Ledger(_keys, limits.Key, nowMs, day);
            var need = new Need(1 + place.AheadRequests, tokens, place.AheadTokens);
            var asLast = new Need(need.Requests + place.BehindRequests, tokens, place.AheadTokens + place.BehindTokens);
            var refusal = place.BehindRequests > 0 && Check(limits, tenant, key, asLast, nowMs, replicas) is { } late && late.Wait > place.LeftBehind
                ? late
                : Check(limits, tenant, key, need, nowMs, replicas);

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

    // Of several limits in the way the one that is so for longest.
    private Refusal? Check(CallerLimits limits, LimitLedger tenant, LimitLedger? key, in Need need, long nowMs, int replicas)
    {
        var ofTenant = Check(limits.OfTenant, tenant, limits.TenantWords, need, nowMs, replicas);
        var ofKey = key is null ? null : Check(limits.OfKey!, key, limits.KeyWords, need, nowMs, replicas);
        return Longer(ofTenant, ofKey);
    }

    private Refusal? Check(TenantOptions limit, LimitLedger used, string whose, in Need need, long nowMs, int replicas)
    {
        if (limit.TokensPerMinute > 0 && need.Tokens > limit.TokensPerMinute)
        {
            return new Refusal(LimitKind.TooLarge, whose, limit, TimeSpan.Zero);
        }

        Refusal? longest = null;
        if (limit.MaxConcurrent > 0 && used.Concurrent + need.Requests > Share(limit.MaxConcurrent, replicas))
        {
            longest = new Refusal(LimitKind.Concurrent, whose, limit, ConcurrencyRetry);
        }

        if (limit.RequestsPerMinute > 0
            && used.Requests.UntilRoom(need.Requests, Share(limit.RequestsPerMinute, replicas), nowMs) is { Ticks: > 0 } requestWait)
        {
            longest = Longer(longest, new Refusal(LimitKind.Requests, whose, limit, requestWait));
        }

        // A request that is larger than the share, but not than the limit, waits for the share to be whole.
        if (limit.TokensPerMinute > 0 && Share(limit.TokensPerMinute, replicas) is var share
            && used.Tokens.UntilRoom(Math.Min(need.Tokens, share) + need.TokensAhead, share, nowMs) is { Ticks: > 0 } tokenWait)
        {
            longest = Longer(longest, new Refusal(LimitKind.Tokens, whose, limit, tokenWait));
        }

        var now = _time.GetUtcNow().UtcDateTime;
        return limit.TokensPerDay > 0 && used.TokensToday + need.TokensAhead + need.Tokens > Share(limit.TokensPerDay, replicas)
            ? Longer(longest, new Refusal(LimitKind.Day, whose, limit, now.Date.AddDays(1) - now))
            : longest;
    }

    private static Refusal? Longer(Refusal? a, Refusal? b) =>
        a is null ? b
        : b is null || a.Value.Kind == LimitKind.TooLarge ? a
        : b.Value.Kind == LimitKind.TooLarge || b.Value.Wait > a.Value.Wait ? b
        : a;

    private static long Share(long limit, int replicas) => Math.Max(1, limit / replicas);

    private (long NowMs, int Day) Now() =>
        ((long)_time.GetElapsedTime(_origin).TotalMilliseconds, (int)(_time.GetUtcNow().UtcTicks / TimeSpan.TicksPerDay));

    // Requests and tokens, those that go before it included or apart.
    private readonly record struct Need(long Requests, long Tokens, long TokensAhead);
}
