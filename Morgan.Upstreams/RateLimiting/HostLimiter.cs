using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Fleet;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.RateLimiting;

/// <summary>
/// A host's rate limit with a queue in which flows take turns. Who can't be served in time is told at once: the queue's order
/// and the schedule say when each place in it will be reached, if no other flow comes and takes its turns too.
/// </summary>
internal sealed class HostLimiter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MonotonicClock _clock;
    private readonly PermitQueue _queue = new();
    private readonly PermitSource _source;
    private readonly PermitRequests? _requests;
    private readonly ITimer _timer;

    public HostLimiter(RateLimitOptions limit, MonotonicClock clock, IFleet? fleet = null, string host = "")
    {
        _clock = clock;
        _source = new PermitSource(limit, clock, fleet);
        _requests = fleet is null ? null : new PermitRequests(fleet, host, _gate, _source, _queue, clock, Serve);
        _timer = clock.Time.CreateTimer(
            static limiter => ((HostLimiter)limiter!).Serve(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the limit is had together with other replicas now: a permit must be asked for, by <see cref="AskAsync"/>.</summary>
    public bool IsShared => _source.IsShared;

    /// <summary>A changed limit starts with the permits that are left of the one before.</summary>
    public void Configure(RateLimitOptions limit)
    {
        lock (_gate)
        {
            if (limit == _source.Limit)
            {
                return;
            }

            _source.Configure(limit, _source.Now());
        }

        Serve();
    }

    /// <summary>Whether <see cref="TryTake"/> would succeed; a guess, made without the lock.</summary>
    public bool HasPermit(long now) => _queue.Patient == 0 && _source.MayHaveOne(now);

    /// <summary>Takes a permit, unless others wait for one, or it must be asked for.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            var now = _source.Now();
            return _queue.Count == 0 && _source.TryTake(now);
        }
    }

    /// <summary>Asks for a permit to be had at once.</summary>
    public async ValueTask<bool> AskAsync(string flow, CancellationToken cancellationToken)
    {
        PermitWaiter waiter;
        lock (_gate)
        {
            var now = _source.Now();
            if (!_source.WasShared)
            {
                return TryTake();
            }

            if (_queue.Patient > 0 || !_source.MayHaveOne(now))
            {
                return false;
            }

            waiter = new PermitWaiter(flow);
            Join(waiter, now);
        }

        return await ServedAsync(waiter, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>The other replicas are within reach again: tells them what this one has used meanwhile.</summary>
    public void Reconcile()
    {
        lock (_gate)
        {
            _source.Now();
            if (_source.Debt > 0)
            {
                _requests?.Ask();
            }
        }
    }

    /// <summary>Gives a permit back that was not used.</summary>
    public void Return()
    {
        lock (_gate)
        {
            _source.Return(_source.Now());
            if (_source.WasShared)
            {
                return;
            }
        }

        Serve();
    }

    /// <summary>How long a request of a flow that comes now would wait.</summary>
    public TimeSpan Delay(string flow)
    {
        lock (_gate)
        {
            var now = _source.Now();
            return new TimeSpan(_queue.WhenServed(flow, long.MaxValue, _source, now) - now);
        }
    }

    /// <summary>
    /// Waits its turn for a permit; false at once when the queue has no room or <paramref name="most"/> would not be enough.
    /// </summary>
    public async ValueTask<bool> WaitAsync(string flow, TimeSpan most, CancellationToken cancellationToken)
    {
        PermitWaiter waiter;
        lock (_gate)
        {
            var now = _source.Now();
            if (_queue.Count == 0 && _source.TryTake(now))
            {
                return true;
            }

            var deadline = now + most.Ticks;
            if (!_queue.MayWait(flow, deadline, _source, now))
            {
                return false;
            }

            waiter = new PermitWaiter(flow, deadline);
            Join(waiter, now);
        }

        return await ServedAsync(waiter, most + PermitQueue.Grace, cancellationToken);
    }

    /// <summary>For the admin API.</summary>
    public LimiterView Describe()
    {
        lock (_gate)
        {
            return _source.Describe(_queue.Count);
        }
    }

    /// <summary>The limit is gone: everybody in the queue is served.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _timer.Dispose();
            while (_queue.Serve(long.MinValue + PermitQueue.Grace.Ticks))
            {
            }
        }
    }

    private void Join(PermitWaiter waiter, long now)
    {
        _queue.Join(waiter);
        if (_source.WasShared)
        {
            _requests!.Ask();
        }
        else
        {
            ServeLater(now);
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
            if (_queue.Leave(waiter) || !waiter.IsServed)
            {
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
            var now = _source.Now();
            if (_source.WasShared)
            {
                _requests!.Ask();
                return;
            }

            _queue.RefuseImpatient();
            while (_queue.Count > 0 && _source.TryTake(now))
            {
                if (!_queue.Serve(now))
                {
                    _source.Return(now); // for all who were left it is too late
                }
            }

            ServeLater(now);
        }
    }

    private void ServeLater(long now)
    {
        if (_queue.Count > 0)
        {
            // Timers count whole milliseconds: rounded up, or the last one would be spent spinning.
            var delay = Math.Ceiling(new TimeSpan(Math.Max(0, _source.WhenAvailable(1, now) - now)).TotalMilliseconds);
            _timer.Change(TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan);
        }
    }
}
