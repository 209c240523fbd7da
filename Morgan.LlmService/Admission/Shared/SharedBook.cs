using Morgan.LlmService.Admission.Waiting;
using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// This replica's end of the shared books of one tenant, or of one of its keys: the lease it grants from, the refusal that
/// still holds, and the bookings on their way.
/// </summary>
internal sealed class SharedBook(SharedBooks books, string tenant, string? key)
{
    private const int MostPending = 100_000;
    private const int MostAtOnce = 500;
    private const int ReserveFields = 19;

    private readonly Lock _gate = new();
    private readonly RedisKey[] _keys = BookKeys.Of(tenant, key);
    private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);
    private readonly LeaseSize _size = new(books.Time);
    private List<BookRecord> _pending = [];
    private CallerLimits? _limits;
    private Lease? _lease;
    private Refusal _refusal;
    private long _refusedUntil;
    private LinePlace _refusedAt;
    private bool _isAsking;
    private bool _isSending;

    /// <summary>Whether the store has confirmed all bookings.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count == 0 && !_isSending;
            }
        }
    }

    /// <summary>Decides without asking, if a lease or a refusal that still holds lets it.</summary>
    public Decision TryTake(CallerLimits limits, string id, string model, long tokens, in LinePlace place)
    {
        BookRecord taken;
        bool renew;
        lock (_gate)
        {
            if (_limits != limits)
            {
                (_limits, _refusedUntil) = (limits, 0);
            }

            _size.Count(tokens);
            var now = books.Time.GetTimestamp();
            if (now < _refusedUntil && IsAsThen(place))
            {
                var left = books.Time.GetElapsedTime(now, _refusedUntil);
                return new Decision(Verdict.Refused, "memory", _refusal with { Wait = left });
            }

            if (place.AheadRequests > 0 || _lease is not { } lease || IsOld(lease) || !lease.TryTake(tokens))
            {
                return default;
            }

            taken = new BookRecord("open", id, tokens, lease.Id, model, now);
            renew = lease.IsLow && !_isAsking;
            _isAsking |= renew;
        }

        Add(taken);
        if (renew)
        {
            _ = AskAsync(limits, "", "", 0, LinePlace.None);
        }

        return new Decision(Verdict.Granted, "lease");
    }

    /// <summary>Asks the store.</summary>
    public async ValueTask<Decision> ReserveAsync(CallerLimits limits, string id, string model, long tokens, LinePlace place)
    {
        var decision = await AskAsync(limits, id, model, tokens, place);
        if (decision.Verdict == Verdict.Granted)
        {
            lock (_gate)
            {
                _open[id] = books.Time.GetTimestamp();
            }
        }

        return decision;
    }

    /// <summary>Books a request that this replica has admitted by its share.</summary>
    public void Open(string id, string model, long tokens) => Add(new BookRecord("open", id, tokens, "", model, books.Time.GetTimestamp()));

    /// <summary>Books what a request has come to.</summary>
    public void Close(string id, string model, in Bill bill)
    {
        books.Metrics.Booked(tenant, bill);
        Add(new BookRecord("close", id, bill.Used, "", model, books.Time.GetTimestamp(), bill));
    }

    /// <summary>Returns a lease that is old, confirms requests still at work, and sends what waits.</summary>
    /// <param name="isLast">The replica stops: the lease is returned whatever its age.</param>
    public Task KeepAsync(bool isLast)
    {
        lock (_gate)
        {
            if (_lease is { } lease && (isLast || IsOld(lease)))
            {
                _pending.Add(new BookRecord("return", lease.Id));
                _lease = null;
            }

            var now = books.Time.GetTimestamp();
            foreach (var id in _open.Where(open => books.Time.GetElapsedTime(open.Value, now) > books.Times.Touch).Select(open => open.Key).ToArray())
            {
                _open[id] = now;
                _pending.Add(new BookRecord("touch", id));
            }
        }

        return SendAsync();
    }

    /// <summary>Asks the store what the tenant has used; null: it cannot be asked.</summary>
    public ValueTask<RedisResult?> LookAsync(CallerLimits limits) =>
        books.Store.EvaluateAsync(LimitScripts.Look, _keys, Head(limits, 0, out _), books.Times.BookingBudget, "look");

    // What others were told holds for those who stand where they stood.
    private bool IsAsThen(in LinePlace place) =>
        place.AheadRequests == _refusedAt.AheadRequests && place.IsTurn == _refusedAt.IsTurn && place.BehindRequests == 0 && _refusedAt.BehindRequests == 0;

    private bool IsOld(Lease lease) => books.Time.GetElapsedTime(lease.Granted) > books.Times.LeaseUse;

    // With an empty id it is a lease alone that is asked for.
    private async Task<Decision> AskAsync(CallerLimits limits, string id, string model, long tokens, LinePlace place)
    {
        var values = Head(limits, ReserveFields, out var at);
        var lease = "";
        var want = (Requests: 0L, Tokens: 0L);
        lock (_gate)
        {
            // A lease does not count requests at once.
            if ((id.Length == 0 || !_isAsking) && limits.OfTenant.MaxConcurrent == 0)
            {
                (_isAsking, lease, want) = (true, books.NextId(), _size.Want());
            }
        }

        (values[at], values[at + 1], values[at + 2], values[at + 3], values[at + 4]) = (id, tokens, model, limits.OfTenant.MaxConcurrent, lease);
        (values[at + 5], values[at + 6]) = (want.Requests, want.Tokens);
        values[at + 7] = (long)books.Times.LeaseLife.TotalMilliseconds;
        Write(values.AsSpan(at + 8), place);
        var began = books.Time.GetTimestamp();
        var result = await books.Store.EvaluateAsync(LimitScripts.Reserve, _keys, values, books.Times.Budget, "reserve");
        lock (_gate)
        {
            _isAsking &= lease.Length == 0;
            if (result is null)
            {
                return default;
            }

            var answer = (RedisResult[])result!;
            if (lease.Length > 0 && (long)answer[4] > 0)
            {
                if (_lease is not null)
                {
                    _pending.Add(new BookRecord("return", _lease.Id));
                }

                _lease = new Lease(lease, (long)answer[4], (long)answer[5], began);
            }

            return (int)answer[0] == 1 ? new Decision(Verdict.Granted, "store") : new Decision(Verdict.Refused, "store", Refuse(limits, answer, place, began));
        }
    }

    private Refusal Refuse(CallerLimits limits, RedisResult[] answer, in LinePlace place, long began)
    {
        var kind = (string?)answer[2] switch
        {
            "concurrent" => LimitKind.Concurrent,
            "requests" => LimitKind.Requests,
            "tokens" => LimitKind.Tokens,
            "too large" => LimitKind.TooLarge,
            _ => LimitKind.Day,
        };
        var isTenant = (int)answer[1] == 1;
        var wait = TimeSpan.FromMilliseconds((long)answer[3]);
        var refusal = new Refusal(
            kind, isTenant ? limits.TenantWords : limits.KeyWords, isTenant ? limits.OfTenant : limits.OfKey!, wait);
        if (kind == LimitKind.Requests)
        {
            // Requests leave the window at known times, so until then asking again is no use.
            (_refusal, _refusedAt) = (refusal, place);
            _refusedUntil = began + (long)(wait.TotalSeconds * books.Time.TimestampFrequency);
        }

        return refusal;
    }

    private void Add(in BookRecord record)
    {
        lock (_gate)
        {
            if (record.Kind == "close")
            {
                _open.Remove(record.Id);
            }

            if (_pending.Count >= MostPending)
            {
                books.Metrics.Dropped();
                return;
            }

            _pending.Add(record);
            if (record.Kind == "open")
            {
                _open[record.Id] = record.At;
            }
        }

        _ = SendAsync();
    }

    // One batch is on its way at a time, so that bookings arrive in order; what it does not confirm is sent again.
    private async Task SendAsync()
    {
        while (true)
        {
            List<BookRecord> batch;
            lock (_gate)
            {
                if (_isSending || _pending.Count == 0 || _limits is null || !books.Store.IsUp)
                {
                    return;
                }

                _isSending = true;
                var count = Math.Min(MostAtOnce, _pending.Count);
                batch = _pending.GetRange(0, count);
                _pending = count == _pending.Count ? [] : _pending.GetRange(count, _pending.Count - count);
            }

            var values = Head(_limits, batch.Count * BookRecord.Fields, out var at);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Write(values.AsSpan(at + (i * BookRecord.Fields)), books.Time);
            }

            var result = await books.Store.EvaluateAsync(LimitScripts.Book, _keys, values, books.Times.BookingBudget, "book");
            lock (_gate)
            {
                _isSending = false;
                if (result is null)
                {
                    batch.AddRange(_pending);
                    _pending = batch;
                    return;
                }
            }
        }
    }

    // As Scripts/reserve.lua has it. What stands in line here is told to the other replicas.
    private void Write(Span<RedisValue> values, in LinePlace place)
    {
        (values[0], values[1]) = (place.Waits ? $"{books.Replica}|{key}" : "", place.IsTurn ? 1 : 0);
        (values[2], values[3], values[4], values[5]) = (place.AheadRequests, place.AheadTokens, place.BehindRequests, place.BehindTokens);
        (values[6], values[7]) = (place.LineRequests, place.LineTokens);
        values[8] = (long)place.Left.TotalMilliseconds;
        values[9] = (long)place.LeftBehind.TotalMilliseconds;
        values[10] = (long)place.MostLeft.TotalMilliseconds;
    }

    private RedisValue[] Head(CallerLimits limits, int more, out int length)
    {
        var subjects = key is null ? 1 : 2;
        length = 3 + (3 * subjects);
        var values = new RedisValue[length + more];
        values[0] = (long)books.Times.Window.TotalMilliseconds;
        values[1] = (long)books.Times.ReservationLife.TotalMilliseconds;
        values[2] = subjects;
        Write(values.AsSpan(3), limits.OfTenant);
        if (key is not null)
        {
            Write(values.AsSpan(6), limits.OfKey!);
        }

        return values;
    }

    private static void Write(Span<RedisValue> values, TenantOptions limits) =>
        (values[0], values[1], values[2]) = (limits.RequestsPerMinute, limits.TokensPerMinute, limits.TokensPerDay);
}
