using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Bulkheads;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Health;
using Morgan.Upstreams.RateLimiting;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>What happens to a host at run time. Lives as long as a host of that name is configured.</summary>
internal sealed class HostState : IDisposable
{
    private readonly HostContext _context;
    private long _requests;
    private long _failures;
    private int _unanswered;
    private volatile UpstreamOptions _settings;
    private volatile HostLimiter? _limiter;

    public HostState(string name, HostContext context, HostOptions host, UpstreamOptions settings)
    {
        Name = name;
        _context = context;
        _settings = settings;
        SlowStart = new SlowStart(context.Random);
        Breaker = new CircuitBreaker(settings.CircuitBreaker, CircuitChanged);
        Health = new HostHealth(settings.Health, HealthChanged);
        Latency = new HostLatency(context.Clock);
        Switch = new HostSwitch(host.Enabled);
        Configure(host, settings);
    }

    public string Name { get; }

    public MonotonicClock Clock => _context.Clock;

    public CircuitBreaker Breaker { get; }

    public HostTrouble Trouble { get; } = new();

    public HostHealth Health { get; }

    public Bulkhead Bulkhead { get; } = new();

    /// <summary>Null when there is no limit.</summary>
    public HostLimiter? Limiter => _limiter;

    public SlowStart SlowStart { get; }

    public HostLatency Latency { get; }

    public HostSwitch Switch { get; }

    public int InFlight => Bulkhead.Taken;

    public long Requests => Volatile.Read(ref _requests);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>A new version of the configuration.</summary>
    public void Configure(HostOptions host, UpstreamOptions settings)
    {
        _settings = settings;
        Breaker.Configure(settings.CircuitBreaker);
        Health.Configure(settings.Health);
        Bulkhead.Configure(host.MaxConcurrency);
        Switch.Configure(host.Enabled);
        ConfigureLimiter(settings.RateLimit);
    }

    public void Enable()
    {
        Switch.Enable();
        Switched("enabled");
    }

    public void Disable()
    {
        Switch.Disable();
        Switched("disabled");
    }

    public void Drain()
    {
        Switch.Drain();
        Switched("draining");
    }

    public void ResetCircuit()
    {
        Breaker.Reset();
        Trouble.Reset();
        _context.Fleet?.Reset(Name);
        Switched("circuit reset");
    }

    /// <summary>Leaves the host alone while it says that its own limit is used up.</summary>
    public void Heed(HttpResponseMessage response)
    {
        if (QuotaHeaders.UsedUpFor(response) is { Ticks: > 0 } pause)
        {
            CoolDown(pause);
            _context.Fleet?.CooledDown(Name, pause);
        }
    }

    /// <summary>Another replica knows that the host asked to be left alone.</summary>
    public void CoolDown(TimeSpan pause)
    {
        var most = _settings.CircuitBreaker.MaxBreakDuration;
        Trouble.CoolDown.Extend(Clock.Now + (pause < most ? pause : most).Ticks);
    }

    /// <summary>Somebody has ended that at another replica.</summary>
    public void EndCoolDown()
    {
        Trouble.CoolDown.Reset();
        _context.Changes.Beat();
    }

    /// <summary>Ticks until circuit and cool-down let requests through; 0 when they do, or when nobody knows.</summary>
    public long ReturnsIn(long now) => Math.Max(Trouble.CoolDown.Remaining(now), Breaker.ReopensIn(now));

    /// <summary>How far a request may be given to the host now. Costs a few reads.</summary>
    public Usability UsabilityAt(long now) =>
        Bulkhead.IsFull || _limiter?.HasPermit(now) == false ? Usability.None : UsabilityButForLimits(now);

    /// <summary>The same, but for a full bulkhead and a used-up rate limit: those can be waited for in a queue.</summary>
    public Usability UsabilityButForLimits(long now)
    {
        if (Switch.IsOff || Trouble.CoolDown.Remaining(now) > 0 || !Breaker.MayEnter(now))
        {
            return Usability.None;
        }

        if (Health.State == HealthState.Unhealthy || Trouble.Misconfigured.Remaining(now) > 0)
        {
            return Usability.LastResort;
        }

        return IsSuspect() || SlowStart.HoldsBack(now) ? Usability.Hesitant : Usability.Full;
    }

    /// <summary>Takes what a request needs: a place, a permit of the breaker, one of the limiter.</summary>
    /// <param name="now">The clock.</param>
    /// <param name="held">What the caller has from waiting; all of it is given back when the host can't be entered.</param>
    /// <param name="permit">To be given back by <see cref="Exit"/>.</param>
    public bool TryEnter(long now, HeldPermits held, out BreakerPermit permit)
    {
        permit = default;
        var (place, rate) = ((held & HeldPermits.Place) != 0, (held & HeldPermits.Rate) != 0);
        var limiter = _limiter;
        if (!Switch.IsOff
            && Trouble.CoolDown.Remaining(now) == 0
            && (place || (place = Bulkhead.TryEnter()))
            && Breaker.TryEnter(now, out permit))
        {
            if (rate || limiter is null || limiter.TryTake())
            {
                Interlocked.Increment(ref _requests);
                Interlocked.Increment(ref _unanswered);
                return true;
            }

            Breaker.Exit(permit, BreakerSignal.None, now);
        }

        if (rate)
        {
            limiter?.Return();
        }

        if (place)
        {
            Bulkhead.Exit();
        }

        return false;
    }

    /// <summary>The answer has begun.</summary>
    public BreakerPermit Accept(BreakerPermit permit, bool streamed, TimeSpan elapsed)
    {
        var now = Clock.Now;
        Interlocked.Decrement(ref _unanswered);
        Latency.Began(streamed, elapsed, now);
        var rest = Breaker.Accept(permit, now);
        if (permit.IsProbe)
        {
            _context.Changes.Beat();
        }

        return rest;
    }

    /// <summary>The request has left the host: gives the place back and learns from the outcome.</summary>
    public void Exit(BreakerPermit permit, AttemptOutcome outcome, bool accepted, TimeSpan elapsed)
    {
        var now = Clock.Now;
        if (!accepted)
        {
            Interlocked.Decrement(ref _unanswered);
        }
        else if (outcome.Kind == OutcomeKind.Failed)
        {
            _context.Metrics.RelayFailed(Name, outcome);
        }

        Learn(outcome, accepted, elapsed, now);
        Breaker.Exit(permit, OutcomeTable.Signal(outcome, accepted), now);
        Bulkhead.Exit();
        if (permit.IsProbe)
        {
            _context.Changes.Beat();
        }
    }

    public void Dispose() => _limiter?.Dispose();

    private void Learn(AttemptOutcome outcome, bool accepted, TimeSpan elapsed, long now)
    {
        var signal = OutcomeTable.Signal(outcome, accepted);
        if (signal == BreakerSignal.Success)
        {
            Latency.Total.Record(elapsed);
            Health.Succeeded();
            Trouble.Forgive();
            return;
        }

        if (signal == BreakerSignal.Failure)
        {
            Interlocked.Increment(ref _failures);
            Health.Failed();
        }

        if (outcome.Kind == OutcomeKind.Misconfigured && Trouble.Misconfigured.Remaining(now) == 0)
        {
            Log.Misconfigured(_context.Logger, Name, Words.ErrorType(outcome) ?? "");
        }

        if (outcome.Kind != OutcomeKind.Cancelled && Trouble.Add(outcome, _settings, now) is { Ticks: > 0 } pause)
        {
            _context.Fleet?.CooledDown(Name, pause);
        }
    }

    // After a failure no more requests are sent at once than would open the circuit, should they all fail.
    private bool IsSuspect() =>
        Breaker.Failures is var failures and > 0
        && failures + Volatile.Read(ref _unanswered) >= _settings.CircuitBreaker.FailureThreshold;

    private void ConfigureLimiter(RateLimitOptions options)
    {
        if (options.Algorithm == RateLimitAlgorithms.None)
        {
            Interlocked.Exchange(ref _limiter, null)?.Dispose();
        }
        else if (_limiter is { } limiter)
        {
            limiter.Configure(options);
        }
        else
        {
            _limiter = new HostLimiter(options, Clock, _context.Fleet, Name);
        }
    }

    private void CircuitChanged(CircuitState from, CircuitState to, string reason)
    {
        if (to == CircuitState.Closed)
        {
            SlowStart.Begin(Clock.Now, _settings.Health.Interval);
        }

        Log.CircuitChanged(_context.Logger, Name, Words.Of(from), Words.Of(to), reason);
        _context.Metrics.CircuitChanged(Name, from, to);
        _context.Changes.Beat();
    }

    private void HealthChanged(HealthState from, HealthState to)
    {
        if (from == HealthState.Unhealthy)
        {
            SlowStart.Begin(Clock.Now, _settings.Health.Interval);
        }

        Log.HealthChanged(_context.Logger, Name, Words.Of(from), Words.Of(to), Health.ConsecutiveFailures);
    }

    private void Switched(string action)
    {
        Log.Switched(_context.Logger, Name, action);
        _context.Changes.Beat();
    }
}
