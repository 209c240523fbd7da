namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// At most a number of permits in any window, exactly: it remembers when each was taken. (The limiter of
/// System.Threading.RateLimiting counts by segments and gives a segment's permits back up to one segment too early, so
/// that a window can see twice the limit.)
/// </summary>
internal sealed class SlidingWindow(int limit, long window) : PermitSchedule
{
    // The times of the last permits, oldest at _head; there are _count of them within the last window.
    private readonly long[] _taken = new long[limit];
    private int _head;
    private int _count;

    public override int Capacity => limit;

    public override int Available(long now)
    {
        for (; _count > 0 && _taken[_head] + window <= now; _count--)
        {
            _head = (_head + 1) % limit;
        }

        return limit - _count;
    }

    public override bool TryTake(long now)
    {
        if (Available(now) == 0)
        {
            return false;
        }

        _taken[(_head + _count++) % limit] = now;
        return true;
    }

    public override void Return(long now)
    {
        if (_count > 0)
        {
            _count--;
        }
    }

    public override long WhenAvailable(int count, long now)
    {
        var free = Available(now);
        if (count <= free)
        {
            return now;
        }

        // The permit number i is freed one window after the i-th oldest was taken; when all are used up, the first of
        // the new ones is the next to be freed, and so on, window by window.
        var (windows, rest) = Math.DivRem(count - 1, limit);
        var first = rest < free ? now : _taken[(_head + rest - free) % limit] + window;
        return first + (windows * window);
    }
}
