using StackExchange.Redis;

namespace Morgan.LlmService.Admission.Shared;

/// <summary>
/// What this replica has to tell the books of one tenant, in order, until the store has confirmed it; and which of its
/// requests are at work.
/// </summary>
internal sealed class Bookings(SharedBooks books, RedisKey[] keys, BookArguments arguments)
{
    private const int MostPending = 100_000;
    private const int MostAtOnce = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);
    private List<BookRecord> _pending = [];
    private List<BookRecord>? _batch;
    private long _number;
    private int _untold;
    private bool _isSending;
    private CallerLimits? _limits;

    /// <summary>Whether the store has confirmed all.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_gate)
            {
                return _pending.Count == 0 && _batch is null;
            }
        }
    }

    /// <summary>
    /// Whether requests that were admitted without the store are not even on their way to it: what it says now does not
    /// count them.
    /// </summary>
    public bool HasUntold
    {
        get
        {
            lock (_gate)
            {
                return _untold > 0;
            }
        }
    }

    /// <summary>From now on the store is told with these limits; before they are known nothing is sent.</summary>
    public void Follow(CallerLimits limits)
    {
        lock (_gate)
        {
            _limits = limits;
        }
    }

    /// <summary>A request is at work that the store has admitted.</summary>
    public void Opened(string id)
    {
        lock (_gate)
        {
            _open[id] = books.Time.GetTimestamp();
        }
    }

    /// <summary>Adds one and sends it as soon as that can be.</summary>
    public void Add(in BookRecord record)
    {
        Queue(record);
        _ = SendAsync();
    }

    /// <summary>Adds one, to be sent with the next <see cref="SendAsync"/>.</summary>
    public void Queue(in BookRecord record)
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

            Append(record);
            if (record.Kind == "open")
            {
                _open[record.Id] = record.At;
            }
        }
    }

    /// <summary>Confirms that requests are still at work, and sends what waits.</summary>
    public Task KeepAsync()
    {
        lock (_gate)
        {
            var now = books.Time.GetTimestamp();
            foreach (var id in _open.Where(open => books.Time.GetElapsedTime(open.Value, now) > books.Times.Touch).Select(open => open.Key).ToArray())
            {
                _open[id] = now;
                Append(new BookRecord("touch", id));
            }
        }

        return SendAsync();
    }

    /// <summary>
    /// Sends what waits. One batch is on its way at a time, so that bookings arrive in order, and it is sent until it is
    /// confirmed. What is asked of the store after this call is answered after it has seen the batch.
    /// </summary>
    public async Task SendAsync()
    {
        while (true)
        {
            RedisValue[] values;
            lock (_gate)
            {
                if (_isSending || _limits is null || !books.Store.CanBeTold || (_batch ??= Next()) is not { } batch)
                {
                    return;
                }

                _isSending = true;
                values = arguments.Book(_limits, _number, batch);
            }

            var result = await books.Store.TellAsync(LimitScripts.Book, keys, values, "book");
            lock (_gate)
            {
                _isSending = false;
                if (result is null)
                {
                    return;
                }

                _batch = null;
            }
        }
    }

    private List<BookRecord>? Next()
    {
        if (_pending.Count == 0)
        {
            return null;
        }

        _number++;
        var next = _pending;
        _pending = [];
        if (next.Count > MostAtOnce)
        {
            (next, _pending) = (next.GetRange(0, MostAtOnce), next.GetRange(MostAtOnce, next.Count - MostAtOnce));
        }

        _untold = _pending.Count(record => record.IsNews);
        return next;
    }

    private void Append(in BookRecord record)
    {
        _pending.Add(record);
        _untold += record.IsNews ? 1 : 0;
    }
}
