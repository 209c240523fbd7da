using Morgan.LlmService.Admission.Shared;
using Morgan.LlmService.Admission.Waiting;
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
    private readonly WaitingRoom _room;
    private readonly LimitMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly IDisposable _registration;
    private volatile Dictionary<string, TenantOptions> _keys;

    public TenantLimits(
        IReloading<TenantsOptions> tenants, IReloading<AuthOptions> auth, LocalLimits local, SharedBooks shared, WaitingRoom room, LimitMetrics metrics, TimeProvider time)
    {
        (_tenants, _local, _shared, _room, _metrics, _time) = (tenants, local, shared, room, metrics, time);
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

    /// <summary>
    /// Admits a request and sets <paramref name="tokens"/> aside, or says which limit is in the way: at once, or after a
    /// wait where the tenant has one and it promises to succeed.
    /// </summary>
    /// <param name="caller">Whose limits.</param>
    /// <param name="model">The model that is asked for.</param>
    /// <param name="tokens">What it will use at most, as far as is known.</param>
    /// <param name="patience">How long the request can wait; no longer than its tenant's <see cref="TenantOptions.MaxWait"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<(Reservation? Reservation, OpenAiError? Error)> ReserveAsync(
        Caller caller, string model, long tokens, TimeSpan patience, CancellationToken cancellationToken)
    {
        var limits = Of(caller);
        var most = limits.OfTenant.MaxWait < patience ? limits.OfTenant.MaxWait : patience;
        var line = limits.OfTenant.MaxWait > TimeSpan.Zero ? _room.LineOf(limits) : null;
        var answer = line is null ? await AskAsync(limits, model, tokens, LinePlace.None, line)
            : line.Count == 0 && TryTake(limits, model, tokens, line) is { Reservation: not null } leased ? leased
            : await WaitAsync(limits, model, tokens, most, line, cancellationToken);
        _metrics.Decided(answer.Decision);
        return (answer.Reservation, answer.Decision.Refusal?.ToError(tokens));
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    private async ValueTask<Admittance> WaitAsync(
        CallerLimits limits, string model, long tokens, TimeSpan most, WaitingLine line, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            return await _room.WaitAsync(
                limits, tokens, most, place => AskAsync(limits, model, tokens, place, line), cancellationToken);
        }
        finally
        {
            _metrics.Waited(_time.GetElapsedTime(began));
        }
    }

    // From a lease, or nothing.
    private Admittance TryTake(CallerLimits limits, string model, long tokens, WaitingLine? line)
    {
        var id = _shared.NextId();
        return _shared.Find(limits) is { } book && book.TryTake(limits, id, model, tokens, LinePlace.None) is { Verdict: Verdict.Granted } granted
            ? new Admittance(new Reservation(_local, _local.Book(limits, tokens), book, line, id, model), granted)
            : default;
    }

    private async ValueTask<Admittance> AskAsync(
        CallerLimits limits, string model, long tokens, LinePlace place, WaitingLine? line)
    {
        var id = _shared.NextId(); // of its own: what is taken back is never what is asked for next
        var book = _shared.Find(limits);
        var decision = default(Decision);
        if (book is not null)
        {
            await _shared.UntilReadyAsync();
            decision = book.TryTake(limits, id, model, tokens, place);
            if (decision.Verdict == Verdict.Unknown)
            {
                decision = await book.ReserveAsync(limits, id, model, tokens, place);
            }

            if (decision.Verdict is Verdict.Granted or Verdict.Refused)
            {
                return Decided();
            }
        }

        var (entry, refusal) = book?.Remembered(place) is { } known ? (null, known) : _local.TryBook(limits, tokens, _shared.Sharers, place);
        if (entry is null && decision.Verdict == Verdict.Unheard)
        {
            // What is known here is only a guess: before it refuses, the store has a little more time.
            decision = await book!.ReserveAsync(limits, id, model, tokens, place, isPatient: true);
            if (decision.Verdict is Verdict.Granted or Verdict.Refused)
            {
                return Decided();
            }

            book.Drop(id);
        }

        if (entry is null)
        {
            return new Admittance(null, new Decision(Verdict.Refused, "local", refusal));
        }

        book?.Open(id, model, tokens);
        return new Admittance(new Reservation(_local, entry, book, line, id, model), new Decision(Verdict.Granted, "local"));

        Admittance Decided() => new(
            decision.Refusal is null ? new Reservation(_local, _local.Book(limits, tokens), book, line, id, model) : null, decision);
    }

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
