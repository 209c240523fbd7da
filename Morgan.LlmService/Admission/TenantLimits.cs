using Morgan.LlmService.Admission.Shared;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;

namespace Morgan.LlmService.Admission;

/// <summary>
/// Admits requests under the limits of tenants and keys, which hold over all replicas where these share a store: under a
/// lease at once, else by the store's books, and while the store is away by this replica's share. Tokens are reserved
/// before and settled after.
/// </summary>
internal sealed class TenantLimits : IDisposable
{
    private static readonly TenantOptions None = new();

    private readonly IReloading<TenantsOptions> _tenants;
    private readonly LocalLimits _local;
    private readonly SharedBooks _shared;
    private readonly LimitMetrics _metrics;
    private readonly IDisposable _registration;
    private volatile Dictionary<string, TenantOptions> _keys;

    public TenantLimits(
        IReloading<TenantsOptions> tenants, IReloading<AuthOptions> auth, LocalLimits local, SharedBooks shared, LimitMetrics metrics)
    {
        (_tenants, _local, _shared, _metrics) = (tenants, local, shared, metrics);
        _keys = LimitedKeys(auth.Current);
        _registration = auth.OnChange(version => _keys = LimitedKeys(version));
    }

    /// <summary>Whether a reservation for this caller would be compared with anything.</summary>
    public bool Concern(Caller caller) => _keys.ContainsKey(caller.KeyId) || _tenants.Current.ContainsKey(caller.Tenant);

    /// <summary>Whether it would be compared with a number of tokens.</summary>
    public bool CountTokens(Caller caller) =>
        (_keys.TryGetValue(caller.KeyId, out var key) && key.TokensPerMinute > 0)
        || (_tenants.Current.TryGetValue(caller.Tenant, out var tenant) && (tenant.TokensPerMinute > 0 || tenant.TokensPerDay > 0));

    /// <summary>The tokens set aside for an answer whose request names no maximum.</summary>
    public long DefaultOutput(Caller caller) =>
        (_tenants.Current.GetValueOrDefault(caller.Tenant) ?? None).DefaultReservedOutputTokens;

    /// <summary>Admits a request and sets <paramref name="tokens"/> aside, or says which limit is in the way.</summary>
    public async ValueTask<(Reservation? Reservation, OpenAiError? Error)> ReserveAsync(Caller caller, string model, long tokens)
    {
        var limits = Of(caller);
        var book = _shared.Find(limits);
        var id = _shared.NextId();
        if (book is not null)
        {
            var decision = book.TryTake(limits, id, model, tokens);
            if (decision.Verdict == Verdict.Unknown)
            {
                decision = await book.ReserveAsync(limits, id, model, tokens);
            }

            if (decision.Verdict != Verdict.Unknown)
            {
                _metrics.Decided(decision);
                return decision.Refusal is { } no
                    ? (null, no.ToError(tokens))
                    : (new Reservation(_local, _local.Book(limits, tokens), book, id, model), null);
            }
        }

        var (entry, refusal) = _local.TryBook(limits, tokens, _shared.Replicas);
        _metrics.Decided(new Decision(refusal is null ? Verdict.Granted : Verdict.Refused, "local", refusal));
        if (entry is null)
        {
            return (null, refusal!.Value.ToError(tokens));
        }

        book?.Open(id, model, tokens);
        return (new Reservation(_local, entry, book, id, model), null);
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    private CallerLimits Of(Caller caller)
    {
        var key = _keys.GetValueOrDefault(caller.KeyId);
        return new CallerLimits(
            caller.Tenant, _tenants.Current.GetValueOrDefault(caller.Tenant) ?? None, key is null ? null : caller.KeyId, key);
    }

    private static Dictionary<string, TenantOptions> LimitedKeys(AuthOptions options) => options.Keys
        .Where(key => key.RequestsPerMinute > 0 || key.TokensPerMinute > 0)
        .ToDictionary(
            key => key.Id,
            key => new TenantOptions { RequestsPerMinute = key.RequestsPerMinute, TokensPerMinute = key.TokensPerMinute },
            StringComparer.Ordinal);
}
