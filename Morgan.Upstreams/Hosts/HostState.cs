using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.CircuitBreaking;
using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Health;
using Morgan.Upstreams.RateLimiting;
using Morgan.Upstreams.Telemetry;

namespace Morgan.Upstreams.Hosts;

/// <summary>What happens to a host at run time. Lives as long as a host of that name is configured.</summary>
internal sealed class HostState
{
    private int _inFlight;
    private long _requests;
    private long _failures;
    private long _misconfiguredUntil;
    private volatile bool _configuredEnabled;
    private volatile bool _enabled;
    private volatile bool _draining;
    private volatile int _maxConcurrency;

    public HostState(string name, MonotonicClock clock, HostOptions host, UpstreamOptions settings)
    {
        Name = name;
        Clock = clock;
        Breaker = new CircuitBreaker(settings.CircuitBreaker);
        Health = new HostHealth(settings.Health);
        Latency = new LatencyHistogram(clock);
        TimeToFirstToken = new LatencyHistogram(clock);
        _enabled = _configuredEnabled = host.Enabled;
        Configure(host, settings);
    }

    public string Name { get; }

    public MonotonicClock Clock { get; }

    public CircuitBreaker Breaker { get; }

    public CoolDown CoolDown { get; } = new();

    public HostHealth Health { get; }

    public HostLimiter? Limiter { get; private set; }

    public LatencyHistogram Latency { get; }

    public LatencyHistogram TimeToFirstToken { get; }

    public int InFlight => Volatile.Read(ref _inFlight);

    public long Requests => Volatile.Read(ref _requests);

    public long Failures => Volatile.Read(ref _failures);

    public bool IsEnabled => _enabled;

    public bool IsDraining => _draining;

    /// <summary>A new version of the configuration. What was set by hand stays, unless the configuration changed its mind.</summary>
    public void Configure(HostOptions host, UpstreamOptions settings)
    {
        Breaker.Configure(settings.CircuitBreaker);
        Health.Configure(settings.Health);
        _maxConcurrency = host.MaxConcurrency;
        if (_configuredEnabled != host.Enabled)
        {
            _enabled = _configuredEnabled = host.Enabled;
            _draining = false;
        }
    }

    public void Enable()
    {
        _enabled = true;
        _draining = false;
    }

    public void Disable() => _enabled = false;

    public void Drain() => _draining = true;

    public void ResetCircuit()
    {
        Breaker.Reset();
        CoolDown.Reset();
        Volatile.Write(ref _misconfiguredUntil, 0);
    }

    public bool IsMisconfigured(long now) => now < Volatile.Read(ref _misconfiguredUntil);

    public bool IsFull => _maxConcurrency > 0 && InFlight >= _maxConcurrency;

    /// <summary>Whether a request may be given to the host now. Costs a few reads.</summary>
    public Usability Usability(long now)
    {
        if (!_enabled || _draining || IsFull || CoolDown.Remaining(now) > 0 || !Breaker.MayEnter(now)
            || Limiter?.HasPermit(now) == false)
        {
            return Hosts.Usability.None;
        }

        return Health.State == HealthState.Unhealthy || IsMisconfigured(now) ? Hosts.Usability.LastResort : Hosts.Usability.Full;
    }

    /// <summary>Takes what a request needs: a place, a permit of the limiter, one of the breaker.</summary>
    public bool TryEnter(long now, out BreakerPermit permit)
    {
        permit = default;
        if (!TryTakePlace())
        {
            return false;
        }

        if (Breaker.TryEnter(now, out permit))
        {
            if (Limiter?.TryTake(now) != false)
            {
                Interlocked.Increment(ref _requests);
                return true;
            }

            Breaker.Exit(permit, BreakerSignal.None, now);
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <summary>Gives the place back and learns from the outcome.</summary>
    public void Exit(BreakerPermit permit, AttemptOutcome outcome, bool accepted, TimeSpan elapsed)
    {
        var now = Clock.Now;
        Interlocked.Decrement(ref _inFlight);
        var signal = OutcomeTable.Signal(outcome, accepted);
        Breaker.Exit(permit, signal, now);
        if (signal == BreakerSignal.Success)
        {
            Latency.Record(elapsed);
            Health.Succeeded();
        }
        else if (signal == BreakerSignal.Failure)
        {
            Interlocked.Increment(ref _failures);
            Health.Failed();
        }

        if (outcome.RetryAfter is { } pause)
        {
            CoolDown.Extend(now + pause.Ticks);
        }
    }

    public void MarkMisconfigured(TimeSpan time) => Volatile.Write(ref _misconfiguredUntil, Clock.Now + time.Ticks);

    private bool TryTakePlace()
    {
        var most = _maxConcurrency;
        if (Interlocked.Increment(ref _inFlight) <= most || most == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }
}
