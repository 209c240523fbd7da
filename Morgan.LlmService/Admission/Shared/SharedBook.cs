using Morgan.LlmService.Admission.Waiting;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// This replica's end of the shared books of one tenant, or of one of its keys: the lease it grants from, the refusal that
/// still holds, and the bookings on their way.
/// </summary>
internal sealed class SharedBook
{
    private readonly Lock _gate = new();
    private readonly SharedBooks _books;
    private readonly string _tenant;
    private readonly RedisKey[] _keys;
    private readonly BookArguments _arguments;
    private readonly Bookings _bookings;
    private readonly LeaseSize _size;
    private readonly RefusalMemory _refusals;
    private CallerLimits? _limits;
    private Lease? _lease;
    private bool _isAsking;

    public SharedBook(SharedBooks books, string tenant, string? key)
    {
        (_books, _tenant, _keys) = (books, tenant, BookKeys.Of(books.Store.Keys, tenant, key));
        _arguments = new BookArguments(books, key);
        _bookings = new Bookings(books, BookKeys.OfBatches(books.Store.Keys, tenant, key, books.Replica), _arguments);
        _size = new LeaseSize(books.Time);
        _refusals = new RefusalMemory(books.Time);
    }

    /// <summary>Whether the store has confirmed all bookings.</summary>
    public bool IsSettled => _bookings.IsSettled;

    /// <summary>Decides without asking, if a lease or a refusal that still holds lets it.</summary>
    public Decision TryTake(CallerLimits limits, string id, string model, long tokens, in LinePlace place)
    {
        bool renew;
        Follow(limits);
        lock (_gate)
        {
            _size.Count(tokens);
            if (_refusals.Fresh(place) is { } refused)
            {
                return new Decision(Verdict.Refused, "memory", refused);
            }

            if (place.AheadRequests > 0 || _lease is not { } lease || IsOld(lease) || !lease.TryTake(tokens))
            {
                return default;
            }

            // Here, since a lease that is returned before what was taken from it is told would have counted nothing.
            _bookings.Queue(new BookRecord("open", id, tokens, lease.Id, model, _books.Time.GetTimestamp()));
            renew = lease.IsLow && !_isAsking;
            _isAsking |= renew;
        }

        _ = _bookings.SendAsync();
        if (renew)
        {
            _ = AskAsync(limits, "", "", 0, LinePlace.None);
        }

        return new Decision(Verdict.Granted, "lease");
    }

    /// <summary>
    /// Asks the store, unless it does not know yet what was admitted without it. Asking again counts once, and is answered
    /// as before if that was a yes.
    /// </summary>
    public async ValueTask<Decision> ReserveAsync(CallerLimits limits, string id, string model, long tokens, LinePlace place, bool isPatient = false)
    {
        Follow(limits);
        if (_bookings.HasUntold)
        {
            _ = _bookings.SendAsync();
            if (_bookings.HasUntold)
            {
                return default;
            }
        }

        var decision = await AskAsync(limits, id, model, tokens, place, isPatient);
        if (decision.Verdict == Verdict.Granted)
        {
            _bookings.Opened(id);
        }

        return decision;
    }

    /// <summary>What the store has said that still holds, whether or not it can be asked again: there is no room.</summary>
    public Refusal? Remembered(in LinePlace place)
    {
        lock (_gate)
        {
            return _refusals.Of(place);
        }
    }

    /// <summary>Books a request that this replica has admitted by its share.</summary>
    public void Open(string id, string model, long tokens) =>
        _bookings.Add(new BookRecord("open", id, tokens, "", model, _books.Time.GetTimestamp()));

    /// <summary>Takes back a request that was not admitted, in case that the store has, too late to be heard.</summary>
    public void Drop(string id) => _bookings.Add(new BookRecord("drop", id));

    /// <summary>Books what a request has come to.</summary>
    public void Close(string id, string model, in Bill bill)
    {
        _books.Metrics.Booked(_tenant, bill);
        _bookings.Add(new BookRecord("close", id, bill.Used, "", model, _books.Time.GetTimestamp(), bill));
    }

    /// <summary>Returns a lease that is old, confirms requests still at work, and sends what waits.</summary>
    /// <param name="isLast">The replica stops: the lease is returned whatever its age.</param>
    public Task KeepAsync(bool isLast)
    {
        Lease? old = null;
        lock (_gate)
        {
            if (_lease is { } lease && (isLast || IsOld(lease)))
            {
                (old, _lease) = (lease, null);
            }
        }

        if (old is not null)
        {
            Return(old.Id);
        }

        return _bookings.KeepAsync();
    }

    /// <summary>Asks the store what the tenant has used; null: it cannot be asked.</summary>
    public ValueTask<RedisResult?> LookAsync(CallerLimits limits) =>
        _books.Store.TellAsync(LimitScripts.Look, _keys, _arguments.Look(limits), "look");

    // A configuration was reloaded, or this is the first request: what was refused may be admitted.
    private void Follow(CallerLimits limits)
    {
        lock (_gate)
        {
            if (_limits != limits)
            {
                _limits = limits;
                _refusals.Forget();
                _bookings.Follow(limits);
            }
        }
    }

    private bool IsOld(Lease lease) => _books.Time.GetElapsedTime(lease.Granted) > _books.Times.LeaseUse;

    private void Return(string lease) => _bookings.Add(new BookRecord("return", lease));

    // With an empty id it is a lease alone that is asked for.
    private async Task<Decision> AskAsync(CallerLimits limits, string id, string model, long tokens, LinePlace place, bool isPatient = false)
    {
        var lease = "";
        var want = (Requests: 0L, Tokens: 0L);
        lock (_gate)
        {
            // A lease does not count requests at once.
            if ((id.Length == 0 || !_isAsking) && limits.OfTenant.MaxConcurrent == 0)
            {
                (_isAsking, lease, want) = (true, _books.NextId(), _size.Want());
            }
        }

        var began = _books.Time.GetTimestamp();
        var values = _arguments.Reserve(limits, id, model, tokens, place, lease, want);
        StoreAnswer answer;
        try
        {
            answer = await _books.Store.AskAsync(LimitScripts.Reserve, _keys, values, "reserve", isPatient);
        }
        finally
        {
            lock (_gate)
            {
                _isAsking &= lease.Length == 0;
            }
        }

        if (answer.Result is not { } result)
        {
            if (answer.MayHaveRun && lease.Length > 0)
            {
                Return(lease);
            }

            return new Decision(answer.MayHaveRun ? Verdict.Unheard : Verdict.Unknown, "store");
        }

        return Heed(limits, new ReserveAnswer(result), lease, place, began);
    }

    private Decision Heed(CallerLimits limits, ReserveAnswer answer, string lease, in LinePlace place, long began)
    {
        Lease? replaced = null;
        var refusal = answer.IsAdmitted ? (Refusal?)null : answer.ToRefusal(limits);
        lock (_gate)
        {
            if (lease.Length > 0 && answer.LeasedRequests > 0)
            {
                (replaced, _lease) = (_lease, new Lease(lease, answer.LeasedRequests, answer.LeasedTokens, began));
            }

            if (refusal is { Kind: LimitKind.Requests } lasting)
            {
                _refusals.Keep(lasting, place, began);
            }
        }

        if (replaced is not null)
        {
            Return(replaced.Id);
        }

        return new Decision(refusal is null ? Verdict.Granted : Verdict.Refused, "store", refusal);
    }
}
