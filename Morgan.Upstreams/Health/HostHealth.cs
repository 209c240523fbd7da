using Morgan.Upstreams.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.Upstreams.Health;

/// <summary>What is known of a host's health: the outcomes of checks and requests in a row, and the last checks.</summary>
internal sealed class HostHealth(HealthOptions options, Action<HealthState, HealthState>? changed = null)
{
    private const int Remembered = 100;

    private readonly Lock _gate = new();
    private readonly Queue<HealthCheckView> _checks = new(Remembered);
    private HealthOptions _options = options;
    private volatile HealthState _state;
    private volatile int _failures;
    private HealthCheckView? _last;
    private int _succeeded;

    public HealthState State => _state;

    public int ConsecutiveFailures => _failures;

    public HealthCheckView? LastCheck => Volatile.Read(ref _last);

    /// <summary>Of the remembered checks, those that succeeded.</summary>
    public double UptimePercent
    {
        get
        {
            lock (_gate)
            {
                return _checks.Count == 0 ? 100 : Math.Round(100.0 * _succeeded / _checks.Count, 2);
            }
        }
    }

    public void Configure(HealthOptions options)
    {
        lock (_gate)
        {
            _options = options;
        }
    }

    /// <summary>The remembered checks, oldest first.</summary>
    public IReadOnlyList<HealthCheckView> Checks()
    {
        lock (_gate)
        {
            return [.. _checks];
        }
    }

    /// <summary>A check that another replica has made; one that is known does not count again.</summary>
    public void CheckedElsewhere(HealthCheckView check)
    {
        lock (_gate)
        {
            // By identity, not by age: the clocks of replicas differ.
            if (!_checks.Any(known => known.At == check.At))
            {
                Checked(check);
            }
        }
    }

    /// <summary>A check is done.</summary>
    public void Checked(HealthCheckView check)
    {
        lock (_gate)
        {
            if (_checks.Count == Remembered && _checks.Dequeue().Ok)
            {
                _succeeded--;
            }

            _checks.Enqueue(check);
            _succeeded += check.Ok ? 1 : 0;
            Volatile.Write(ref _last, check);
            Note(check.Ok);
        }
    }

    /// <summary>A request succeeded.</summary>
    public void Succeeded()
    {
        if (_failures == 0 && _state == HealthState.Healthy)
        {
            return;
        }

        lock (_gate)
        {
            Note(ok: true);
        }
    }

    /// <summary>A request failed by the host's fault.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            Note(ok: false);
        }
    }

    private void Note(bool ok)
    {
        _failures = ok ? 0 : _failures + 1;
        var state = ok ? HealthState.Healthy
            : _failures >= _options.UnhealthyThreshold ? HealthState.Unhealthy
            : _failures >= _options.DegradedThreshold ? HealthState.Degraded
            : _state;
        var from = _state;
        if (state != from)
        {
            _state = state;
            changed?.Invoke(from, state);
        }
    }
}
