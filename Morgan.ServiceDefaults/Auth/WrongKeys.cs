namespace Morgan.ServiceDefaults.Auth;

/// <summary>
/// Slows down who tries keys out: an address may send 20 wrong ones, and then one in 3 s. It is a leaking bucket kept as
/// the moment at which it will be empty; at most 8,192 addresses are remembered, the newest ones.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class WrongKeys(TimeProvider time)
{
    /// <summary>Wrong keys that an address may send at once.</summary>
    public const int Most = 20;

    /// <summary>Addresses in a generation; two generations are kept.</summary>
    public const int Generation = 4096;

    /// <summary>After so long one more may be sent.</summary>
    public static readonly TimeSpan Each = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Room = (Most - 1) * Each;

    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();
    private Dictionary<ulong, TimeSpan> _newer = [];
    private Dictionary<ulong, TimeSpan> _older = [];
    private volatile bool _any;

    /// <summary>How many addresses are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _newer.Count + _older.Count;
            }
        }
    }

    /// <summary>How long an address has to wait before it may try another key; zero or less: it need not.</summary>
    public TimeSpan Wait(ulong address)
    {
        if (!_any)
        {
            return TimeSpan.Zero;
        }

        lock (_gate)
        {
            return EmptyAt(address) - time.GetElapsedTime(_origin) - Room;
        }
    }

    /// <summary>An address has sent a key that is not known.</summary>
    public void Note(ulong address)
    {
        lock (_gate)
        {
            var (now, emptyAt) = (time.GetElapsedTime(_origin), EmptyAt(address));
            if (_newer.Count >= Generation && !_newer.ContainsKey(address))
            {
                (_older, _newer) = (_newer, []);
            }

            _newer[address] = (emptyAt > now ? emptyAt : now) + Each;
            _any = true;
        }
    }

    private TimeSpan EmptyAt(ulong address) =>
        _newer.TryGetValue(address, out var at) || _older.TryGetValue(address, out at) ? at : TimeSpan.Zero;
}
