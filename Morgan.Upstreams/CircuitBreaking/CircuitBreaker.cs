using Morgan.Upstreams.Configuration;

namespace Morgan.Upstreams.CircuitBreaking;

/// <summary>
/// A host's circuit: closed, open after consecutive failures, half-open when the break is over. Each change of state
/// starts a new generation, and outcomes of earlier generations are ignored: requests that were under way when the
/// circuit opened neither lengthen the break nor close it.
/// </summary>
internal sealed class CircuitBreaker
{
    private readonly Lock _gate = new();
    private readonly Action<CircuitState, CircuitState, string>? _changed;
    private CircuitBreakerOptions _options;
    private volatile CircuitState _state;
    private volatile int _failures;
    private volatile int _generation;
    private int _successes;
    private int _probes;
    private int _trips;
    private long _openUntil;
    private long _closedAt;
    private long _lastBreak;

    /// <param name="options">Thresholds and durations.</param>
    /// <param name="changed">Told of each transition: from, to, why. Called under the breaker's lock.</param>
    public CircuitBreaker(CircuitBreakerOptions options, Action<CircuitState, CircuitState, string>? changed = null)
    {
        _options = options;
        _changed = changed;
    }

    /// <summary>The state; an open circuit whose break is over stays open until somebody enters.</summary>
    public CircuitState State => _state;

    /// <summary>Consecutive failures while closed.</summary>
    public int Failures => _failures;

    /// <summary>Takes effect with the next transition.</summary>
    public void Configure(CircuitBreakerOptions options)
    {
        lock (_gate)
        {
            _options = options;
        }
    }

    /// <summary>Whether <see cref="TryEnter"/> would succeed now; a guess, made without the lock.</summary>
    public bool MayEnter(long now) => _state switch
    {
        CircuitState.Closed => true,
        CircuitState.Open => now >= Volatile.Read(ref _openUntil),
        _ => Volatile.Read(ref _probes) < _options.SuccessThreshold,
    };

    /// <summary>Ticks until an open circuit lets a probe through; 0 when it is not open.</summary>
    public long ReopensIn(long now) =>
        _state == CircuitState.Open ? Math.Max(0, Volatile.Read(ref _openUntil) - now) : 0;

    /// <summary>Takes the right to send a request.</summary>
    public bool TryEnter(long now, out BreakerPermit permit)
    {
        // Generation before state: MoveTo writes them in the other order, so that a closed state is never paired with
        // the number of a later one.
        permit = new BreakerPermit(_generation, IsProbe: false);
        if (_state == CircuitState.Closed)
        {
            return true;
        }

        lock (_gate)
        {
            if (_state == CircuitState.Open && now >= _openUntil)
            {
                MoveTo(CircuitState.HalfOpen, "break is over");
            }

            var isProbe = _state == CircuitState.HalfOpen;
            permit = new BreakerPermit(_generation, isProbe);
            if (_state == CircuitState.Open || (isProbe && _probes >= _options.SuccessThreshold))
            {
                return false;
            }

            _probes += isProbe ? 1 : 0;
            return true;
        }
    }

    /// <summary>
    /// The answer has begun: a probe has done its work and gives its place back. What happens to the rest of the answer
    /// is told with the permit returned.
    /// </summary>
    public BreakerPermit Accept(BreakerPermit permit, long now)
    {
        if (!permit.IsProbe)
        {
            return permit;
        }

        lock (_gate)
        {
            if (permit.Generation != _generation)
            {
                return permit;
            }

            _probes--;
            Succeed(now);
            return new BreakerPermit(_generation, IsProbe: false);
        }
    }

    /// <summary>Gives the permit back with what it came to.</summary>
    public void Exit(BreakerPermit permit, BreakerSignal signal, long now)
    {
        if (!permit.IsProbe && signal != BreakerSignal.Failure && _failures == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (permit.Generation != _generation)
            {
                return;
            }

            _probes -= permit.IsProbe ? 1 : 0;
            if (signal == BreakerSignal.Failure)
            {
                Fail(now);
            }
            else if (signal == BreakerSignal.Success && _state == CircuitState.Closed)
            {
                _failures = 0;
            }
            else if (signal == BreakerSignal.Success && permit.IsProbe)
            {
                Succeed(now);
            }
        }
    }

    /// <summary>Closes the circuit and forgets what happened.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _trips = 0;
            _lastBreak = 0;
            Volatile.Write(ref _openUntil, 0);
            MoveTo(CircuitState.Closed, "reset");
        }
    }

    private void Succeed(long now)
    {
        if (++_successes >= _options.SuccessThreshold)
        {
            _closedAt = now;
            MoveTo(CircuitState.Closed, "host is back");
        }
    }

    private void Fail(long now)
    {
        if (_state == CircuitState.HalfOpen)
        {
            Trip(now, "probe failed");
        }
        else if (++_failures >= _options.FailureThreshold)
        {
            // A circuit that trips again before it was closed as long as it had been open goes on growing.
            _trips = now - _closedAt < _lastBreak ? _trips : 0;
            Trip(now, "too many failures");
        }
    }

    private void Trip(long now, string reason)
    {
        var most = _options.MaxBreakDuration.Ticks;
        _lastBreak = (long)Math.Min(_options.BreakDuration.Ticks * Math.Pow(2, _trips), most);
        _trips = Math.Min(_trips + 1, 62);
        Volatile.Write(ref _openUntil, Math.Max(_openUntil, now + _lastBreak));
        MoveTo(CircuitState.Open, reason);
    }

    private void MoveTo(CircuitState state, string reason)
    {
        var from = _state;
        _probes = 0;
        _successes = 0;
        _failures = 0;
        _state = state;
        _generation++;
        if (from != state)
        {
            _changed?.Invoke(from, state, reason);
        }
    }
}
