using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// A host's rate limit with a queue in order of arrival. Who can't be served in time is told at once: the queue's order
/// and the schedule say when each place in it will be reached.
/// </summary>
/// <remarks>
/// Replicas that can reach each other have the limit together: each permit is asked for, for all who wait in one question.
/// The schedule then only remembers what this replica has used, for the moment when the others are out of reach and it goes
/// by its share; what it has used so is asked for, and not used, when they are back.
/// </remarks>
internal sealed class HostLimiter : IDisposable
{
    // The queue's order keeps the promise made on arrival; only a limit lowered meanwhile can break it.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private const int MostAtOnce = 100;

    private readonly Lock _gate = new();
    private readonly IFleet? _fleet;
    private readonly string _host;
    private readonly MonotonicClock _clock;
    private readonly PermitQueue _queue = new();
    private readonly ITimer _timer;
    private RateLimitOptions _options;
    private PermitSchedule _schedule;
    private volatile int _waiting;
    private long _nextPermit;
    private long _latest;
    private long _nextShared;
    private bool _wasShared;
    private bool _isAsking;
    private int _debt;

    public HostLimiter(RateLimitOptions options, MonotonicClock clock, IFleet? fleet = null, string host = "")
    {
        (_clock, _fleet, _host) = (clock, fleet, host);
        _options = options;
        _schedule = CreateSchedule(Part(), clock.Now);
        _timer = clock.Time.CreateTimer(
            static limiter => ((HostLimiter)limiter!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the limit is had together with other replicas now: a permit must be asked for, by <see cref="AskAsync"/>.</summary>
    public bool IsShared => _fleet is { IsUp: true };

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
            _schedule = CreateSchedule(Part(), now);
            _schedule.Leave(left, now);
            _nextShared = 0;
            Update(now);
        }

        Serve();
    }

    /// <summary>Whether <see cref="TryTake"/> would succeed; a guess, made without the lock.</summary>
    public bool HasPermit(long now) => _waiting == 0 && now >= (IsShared ? Volatile.Read(ref _nextShared) : Volatile.Read(ref _nextPermit));

    /// <summary>Takes a permit, unless others wait for one, or it must be asked for.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = Now();
            if (_wasShared || _queue.Count > 0 || !_schedule.TryTake(now))
            {
                return false;
            }

            Update(now);
            return true;
        }
    }

    /// <summary>Asks for a permit to be had at once.</summary>
    public async ValueTask<bool> AskAsync(CancellationToken cancellationToken)
    {
        PermitWaiter waiter;
        lock (_gate)
        {
            var now = Now();
            if (!_wasShared)
            {
                return TryTake();
            }

            if (_waiting > 0 || now < _nextShared)
            {
                return false;
            }

            waiter = new PermitWaiter { IsImpatient = true };
            Join(waiter, now);
        }

        return await ServedAsync(waiter, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>The other replicas are within reach again: tells them what this one has used meanwhile.</summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            Now();
            if (_debt > 0)
            {
                Ask();
            }
        }
    }

    /// <summary>Gives a permit back that was not used.</summary>
    public void Return()
    {
        lock (_gate)
        {
            var now = Now();
            if (_wasShared)
            {
                return; // it has been counted for all
            }

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
            return new TimeSpan(WhenAvailable(_queue.Count + 1, now) - now);
        }
    }

    /// <summary>
    /// Waits in order for a permit; false at once when the queue is full or <paramref name="most"/> would not be enough.
    /// </summary>
    public async ValueTask<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        PermitWaiter waiter;
        lock (_gate)
        {
            var now = Now();
            if (!_wasShared && _queue.Count == 0 && _schedule.TryTake(now))
            {
                Update(now);
                return true;
            }

            if (_queue.Count >= _options.QueueLimit || WhenAvailable(_queue.Count + 1, now) - now > most.Ticks)
            {
                return false;
            }

            waiter = new PermitWaiter();
            Join(waiter, now);
        }

        return await ServedAsync(waiter, most + Grace, cancellationToken);
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
            while (_queue.Serve())
            {
            }

            _waiting = 0;
        }
    }

    private async ValueTask<bool> ServedAsync(PermitWaiter waiter, TimeSpan most, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Served.Task.WaitAsync(most, _clock.Time, cancellationToken);
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

    private void GiveUp(PermitWaiter waiter)
    {
        lock (_gate)
        {
            if (_queue.Leave(waiter))
            {
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
            if (_wasShared)
            {
                Ask();
                return;
            }

            _queue.RefuseImpatient();
            while (_queue.Count > 0 && _schedule.TryTake(now))
            {
                _queue.Serve();
            }

            Update(now);
        }
    }

    // After any change: when the next permit is to be had, who is told so, and when the head of the queue is served.
    private void Update(long now)
    {
        var next = _schedule.WhenAvailable(1, now);
        Volatile.Write(ref _nextPermit, next);
        _waiting = _queue.Patient;
        if (_waiting > 0 && !_wasShared)
        {
            // Timers count whole milliseconds: rounded up, or the last one would be spent spinning.
            var delay = Math.Ceiling(new TimeSpan(Math.Max(0, next - now)).TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan);
        }
    }

    private void Join(PermitWaiter waiter, long now)
    {
        _queue.Join(waiter);
        Update(now);
        if (_wasShared)
        {
            Ask();
        }
    }

    private void Ask()
    {
        if (!_isAsking)
        {
            _isAsking = true;
            _ = AskForAllAsync();
        }
    }

    // One question at a time, for all who wait then.
    private async Task AskForAllAsync()
    {
        while (true)
        {
            int wanted;
            RateLimitOptions limit;
            lock (_gate)
            {
                wanted = Math.Min(_queue.Count + _debt, MostAtOnce);
                limit = _options;
                if (wanted == 0)
                {
                    _isAsking = false;
                    return;
                }
            }

            var answer = await _fleet!.TakeAsync(_host, limit, wanted);
            TimeSpan pause;
            lock (_gate)
            {
                if (answer is not { } permits)
                {
                    _isAsking = false;
                    break;
                }

                pause = Grant(permits, wanted);
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, _clock.Time);
            }
        }

        Serve();
    }

    private TimeSpan Grant(FleetPermits permits, int wanted)
    {
        var now = Now();
        var paid = Math.Min(_debt, permits.Granted);
        _debt = permits.Granted < wanted ? 0 : _debt - paid; // nothing is left: then all of it is counted
        for (var i = paid; i < permits.Granted && _queue.Serve(); i++)
        {
            _schedule.TryTake(now);
        }

        Volatile.Write(ref _nextShared, now + permits.Next.Ticks);
        if (permits.Granted < wanted || permits.Next > TimeSpan.Zero)
        {
            _queue.RefuseImpatient(); // those who came after the question too: there is nothing left
        }

        Update(now);
        return _queue.Count == 0 ? TimeSpan.Zero
            : permits is { Granted: 0, Next.Ticks: 0 } ? TimeSpan.FromMilliseconds(1)
            : TimeSpan.FromMilliseconds(Math.Ceiling(permits.Next.TotalMilliseconds));
    }

    private long WhenAvailable(int count, long now) => _wasShared
        ? Math.Max(now, _nextShared) + (long)((count - 1) * TimeSpan.TicksPerSecond / _options.RequestsPerSecond)
        : _schedule.WhenAvailable(count, now);

    // Callers may read the clock before they get the lock; the schedule never sees time run backwards.
    private long Now()
    {
        _latest = Math.Max(_latest, _clock.Now);
        if (_fleet is not null && IsShared is var isShared && isShared != _wasShared)
        {
            var used = _schedule.Capacity - _schedule.Available(_latest);
            (_wasShared, _debt, _nextShared) = (isShared, isShared ? used : 0, 0);
            _schedule = CreateSchedule(Part(), _latest);
            _schedule.Leave(Math.Max(0, _schedule.Capacity - used), _latest);
        }

        return _latest;
    }

    // Of the limit: all of it, or this replica's share while it can't ask the others.
    private RateLimitOptions Part() => _fleet is { Replicas: > 1 and var replicas } && !_wasShared ? FleetShare.Of(_options, replicas) : _options;

    private static PermitSchedule CreateSchedule(RateLimitOptions options, long now) =>
        options.Algorithm == RateLimitAlgorithms.SlidingWindow
            ? new SlidingWindow((int)((options.RequestsPerSecond * options.Window.TotalSeconds) + 1e-9), options.Window.Ticks)
            : new TokenBucket(options.RequestsPerSecond, options.Burst, now);
}
