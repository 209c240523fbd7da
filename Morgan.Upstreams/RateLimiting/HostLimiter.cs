using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// A host's rate limit with a queue in order of arrival. Who can't be served in time is told at once: the queue's order
/// and the schedule say when each place in it will be reached.
/// </summary>
internal sealed class HostLimiter : IDisposable
{
    // The queue's order keeps the promise made on arrival; only a limit lowered meanwhile can break it.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly MonotonicClock _clock;
    private readonly LinkedList<Waiter> _queue = new();
    private readonly ITimer _timer;
    private RateLimitOptions _options;
    private PermitSchedule _schedule;
    private volatile int _waiting;
    private long _nextPermit;
    private long _latest;

    public HostLimiter(RateLimitOptions options, MonotonicClock clock)
    {
        _clock = clock;
        _options = options;
        _schedule = CreateSchedule(options, clock.Now);
        _timer = clock.Time.CreateTimer(
            static limiter => ((HostLimiter)limiter!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A changed limit starts with the permits that are left of the one before.</summary>
    public void Configure(RateLimitOptions options)
    {
        lock (_gate)
        {
            if (options == _options)
            {
                return;
            }

            var now = Now();
            var left = _schedule.Available(now);
            _options = options;
            _schedule = CreateSchedule(options, now);
            _schedule.Leave(left, now);
            Update(now);
        }

        Serve();
    }

    /// <summary>Whether <see cref="TryTake"/> would succeed; a guess, made without the lock.</summary>
    public bool HasPermit(long now) => _waiting == 0 && now >= Volatile.Read(ref _nextPermit);

    /// <summary>Takes a permit, unless others wait for one.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = Now();
            if (_queue.Count > 0 || !_schedule.TryTake(now))
            {
                return false;
            }

            Update(now);
            return true;
        }
    }

    /// <summary>Gives a permit back that was not used.</summary>
    public void Return()
    {
        lock (_gate)
        {
            var now = Now();
            _schedule.Return(now);
            Update(now);
        }

        Serve();
    }

    /// <summary>How long somebody who comes now would wait.</summary>
    public TimeSpan Delay()
    {
        lock (_gate)
        {
            var now = Now();
            return new TimeSpan(_schedule.WhenAvailable(_queue.Count + 1, now) - now);
        }
    }

    /// <summary>
    /// Waits in order for a permit; false at once when the queue is full or <paramref name="most"/> would not be enough.
    /// </summary>
    public async ValueTask<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_gate)
        {
            var now = Now();
            if (_queue.Count == 0 && _schedule.TryTake(now))
            {
                Update(now);
                return true;
            }

            if (_queue.Count >= _options.QueueLimit || _schedule.WhenAvailable(_queue.Count + 1, now) - now > most.Ticks)
            {
                return false;
            }

            waiter = new Waiter();
            _queue.AddLast(waiter.Node);
            Update(now);
        }

        try
        {
            await waiter.Served.Task.WaitAsync(most + Grace, _clock.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            GiveUp(waiter);
            return false;
        }
        catch
        {
            GiveUp(waiter);
            throw;
        }
    }

    /// <summary>For the admin API.</summary>
    public LimiterView Describe()
    {
        lock (_gate)
        {
            var (available, capacity) = (_schedule.Available(Now()), _schedule.Capacity);
            return new LimiterView(available, _queue.Count, Math.Round(1 - ((double)available / capacity), 4));
        }
    }

    /// <summary>The limit is gone: everybody in the queue is served.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _timer.Dispose();
            while (_queue.First is { } first)
            {
                _queue.RemoveFirst();
                first.Value.Served.SetResult();
            }

            _waiting = 0;
        }
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not null)
            {
                _queue.Remove(waiter.Node);
                Update(Now());
                return;
            }
        }

        // It was served in the same moment.
        Return();
    }

    private void Serve()
    {
        lock (_gate)
        {
            var now = Now();
            while (_queue.First is { } first && _schedule.TryTake(now))
            {
                _queue.RemoveFirst();
                first.Value.Served.SetResult();
            }

            Update(now);
        }
    }

    // After any change: when the next permit is to be had, who is told so, and when the head of the queue is served.
    private void Update(long now)
    {
        var next = _schedule.WhenAvailable(1, now);
        Volatile.Write(ref _nextPermit, next);
        _waiting = _queue.Count;
        if (_waiting > 0)
        {
            // Timers count whole milliseconds: rounded up, or the last one would be spent spinning.
            var delay = Math.Ceiling(new TimeSpan(Math.Max(0, next - now)).TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan);
        }
    }

    // Callers may read the clock before they get the lock; the schedule never sees time run backwards.
    private long Now() => _latest = Math.Max(_latest, _clock.Now);

    private static PermitSchedule CreateSchedule(RateLimitOptions options, long now) =>
        options.Algorithm == RateLimitAlgorithms.SlidingWindow
            ? new SlidingWindow((int)((options.RequestsPerSecond * options.Window.TotalSeconds) + 1e-9), options.Window.Ticks)
            : new TokenBucket(options.RequestsPerSecond, options.Burst, now);

    private sealed class Waiter
    {
        public Waiter() => Node = new LinkedListNode<Waiter>(this);

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
