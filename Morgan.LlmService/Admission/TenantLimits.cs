using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Admission;

/// <summary>
/// The limits of tenants and keys, counted in this process: with several replicas each grants the whole limit. Tokens
/// are reserved before and settled after.
/// </summary>
internal sealed class TenantLimits : IDisposable
{
    private const int MostLedgers = 100_000;
    private static readonly TimeSpan ConcurrencyRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LimitLedger> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LimitLedger> _keys = new(StringComparer.Ordinal);
    private readonly IReloading<TenantsOptions> _tenantOptions;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly IDisposable _registration;
    private volatile Dictionary<string, ApiKeyOptions> _limitedKeys;

    public TenantLimits(IReloading<TenantsOptions> tenants, IReloading<AuthOptions> auth, TimeProvider time)
    {
        (_tenantOptions, _time, _origin) = (tenants, time, time.GetTimestamp());
        _limitedKeys = LimitedKeys(auth.Current);
        _registration = auth.OnChange(version => _limitedKeys = LimitedKeys(version));
    }

    /// <summary>Whether a reservation for this caller would be compared with anything.</summary>
    public bool Concern(Caller caller) =>
        _limitedKeys.ContainsKey(caller.KeyId) || _tenantOptions.Current.ContainsKey(caller.Tenant);

    /// <summary>Whether it would be compared with a number of tokens.</summary>
    public bool CountTokens(Caller caller) =>
        (_limitedKeys.TryGetValue(caller.KeyId, out var key) && key.TokensPerMinute > 0)
        || (_tenantOptions.Current.TryGetValue(caller.Tenant, out var tenant) && (tenant.TokensPerMinute > 0 || tenant.TokensPerDay > 0));

    /// <summary>The tokens set aside for an answer whose request names no maximum.</summary>
    public long DefaultOutput(Caller caller) =>
        (_tenantOptions.Current.GetValueOrDefault(caller.Tenant) ?? new TenantOptions()).DefaultReservedOutputTokens;

    /// <summary>Admits a request and sets <paramref name="tokens"/> aside, or says which limit is in the way.</summary>
    public (Reservation? Reservation, OpenAiError? Error) Reserve(Caller caller, long tokens)
    {
        var now = _time.GetUtcNow();
        var nowMs = (long)_time.GetElapsedTime(_origin).TotalMilliseconds;
        var day = (int)(now.UtcTicks / TimeSpan.TicksPerDay);
        var tenant = _tenantOptions.Current.GetValueOrDefault(caller.Tenant);
        var key = _limitedKeys.GetValueOrDefault(caller.KeyId);
        lock (_gate)
        {
            var tenantLedger = tenant is null ? null : Ledger(_tenants, caller.Tenant, nowMs, day);
            var keyLedger = key is null ? null : Ledger(_keys, caller.KeyId, nowMs, day);
            var error = (tenant is null ? null : Check(tenant, tenantLedger!, $"tenant '{caller.Tenant}'", tokens, nowMs, now))
                ?? (key is null ? null : Check(new TenantOptions { RequestsPerMinute = key.RequestsPerMinute, TokensPerMinute = key.TokensPerMinute },
                    keyLedger!, $"key '{caller.KeyId}'", tokens, nowMs, now));
            if (error is not null)
            {
                return (null, error);
            }

            tenantLedger?.Requests.Add(1);
            keyLedger?.Requests.Add(1);
            var tenantSlice = tenantLedger?.Tokens.Add(tokens) ?? 0;
            var keySlice = keyLedger?.Tokens.Add(tokens) ?? 0;
            if (tenantLedger is not null)
            {
                tenantLedger.BookDay(day, tokens);
                tenantLedger.Concurrent++;
            }

            return (new Reservation(this, tenantLedger, keyLedger, tenantSlice, keySlice, day, tokens), null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    internal void End(Reservation reservation)
    {
        lock (_gate)
        {
            reservation.End();
        }
    }

    private static Dictionary<string, ApiKeyOptions> LimitedKeys(AuthOptions options) => options.Keys
        .Where(key => key.RequestsPerMinute > 0 || key.TokensPerMinute > 0)
        .ToDictionary(key => key.Id, StringComparer.Ordinal);

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

    private static OpenAiError? Check(TenantOptions limit, LimitLedger used, string whose, long tokens, long nowMs, DateTimeOffset now)
    {
        if (limit.MaxConcurrent > 0 && used.Concurrent >= limit.MaxConcurrent)
        {
            return OpenAiError.RateLimited("requests", $"The limit of {limit.MaxConcurrent} requests at once of {whose} is reached.", ConcurrencyRetry);
        }

        if (limit.RequestsPerMinute > 0 && used.Requests.UntilRoom(1, limit.RequestsPerMinute, nowMs) is { Ticks: > 0 } requestWait)
        {
            return OpenAiError.RateLimited("requests", $"The limit of {limit.RequestsPerMinute} requests per minute of {whose} is reached.", requestWait);
        }

        if (limit.TokensPerMinute > 0 && tokens > limit.TokensPerMinute)
        {
            return new OpenAiError(429, "tokens", "rate_limit_exceeded",
                $"The request needs about {tokens} tokens, more than the {limit.TokensPerMinute} tokens per minute of {whose}; no wait will help.")
            { ShouldRetry = false };
        }

        if (limit.TokensPerMinute > 0 && used.Tokens.UntilRoom(tokens, limit.TokensPerMinute, nowMs) is { Ticks: > 0 } tokenWait)
        {
            return OpenAiError.RateLimited("tokens", $"The limit of {limit.TokensPerMinute} tokens per minute of {whose} is reached.", tokenWait);
        }

        return limit.TokensPerDay > 0 && used.TokensToday + tokens > limit.TokensPerDay
            ? new OpenAiError(429, "tokens", "insufficient_quota", $"The {limit.TokensPerDay} tokens per day of {whose} are used up.")
            {
                RetryAfter = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime,
            }
            : null;
    }
}
