using Morgan.Upstreams.CircuitBreaking;

namespace Morgan.Tests.Upstreams.CircuitBreaking;

/// <summary>
/// The circuit as its rules say, written for reading and for one thread: what the real one is compared with. Times are
/// ticks, durations of breaks double from one to the next.
/// </summary>
internal sealed class CircuitModel(int failureThreshold, int successThreshold, long breakTime, long maxBreak)
{
    private readonly HashSet<int> _probes = [];
    private int _failuresInRow;
    private int _successes;
    private long _openUntil;
    private int _trips;
    private long? _closedAt;
    private long _lastBreak;
    private int _era;

    public CircuitState State { get; private set; } = CircuitState.Closed;

    public long OpenUntil => State == CircuitState.Open ? _openUntil : 0;

    public int FailuresInRow => _failuresInRow;

    /// <summary>The era in which a request was let in, with whether it probes; null when it was not.</summary>
    public (int Era, bool Probe)? Enter(int request, long now)
    {
        if (State == CircuitState.Open && now >= _openUntil)
        {
            Become(CircuitState.HalfOpen);
        }

        if (State == CircuitState.Open || (State == CircuitState.HalfOpen && _probes.Count == successThreshold))
        {
            return null;
        }

        if (State == CircuitState.HalfOpen)
        {
            _probes.Add(request);
        }

        return (_era, State == CircuitState.HalfOpen);
    }

    /// <summary>The answer has begun; the era in which its end counts.</summary>
    public (int Era, bool Probe) Accept(int request, (int Era, bool Probe) let, long now)
    {
        if (!let.Probe || let.Era != _era)
        {
            return let;
        }

        _probes.Remove(request);
        Success(now);
        return (_era, false);
    }

    public void Exit(int request, (int Era, bool Probe) let, bool? success, long now)
    {
        if (let.Era != _era)
        {
            return;
        }

        _probes.Remove(request);
        if (success == false && State == CircuitState.HalfOpen)
        {
            Open(now);
        }
        else if (success == false)
        {
            _failuresInRow++;
            if (_failuresInRow == failureThreshold)
            {
                if (_closedAt is { } closed && now - closed >= _lastBreak)
                {
                    _trips = 0;
                }

                Open(now);
            }
        }
        else if (success == true && State == CircuitState.Closed)
        {
            _failuresInRow = 0;
        }
        else if (success == true && let.Probe)
        {
            Success(now);
        }
    }

    public void Reset()
    {
        Become(CircuitState.Closed);
        (_trips, _openUntil, _closedAt, _lastBreak) = (0, 0, null, 0);
    }

    private void Success(long now)
    {
        _successes++;
        if (_successes == successThreshold)
        {
            Become(CircuitState.Closed);
            _closedAt = now;
        }
    }

    private void Open(long now)
    {
        Become(CircuitState.Open);
        _lastBreak = Math.Min(breakTime << Math.Min(_trips, 20), maxBreak);
        _openUntil = Math.Max(_openUntil, now + _lastBreak);
        _trips++;
    }

    private void Become(CircuitState state)
    {
        State = state;
        _era++;
        _probes.Clear();
        _failuresInRow = 0;
        _successes = 0;
    }
}
