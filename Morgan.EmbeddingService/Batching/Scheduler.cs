using System.Diagnostics.CodeAnalysis;
using Morgan.EmbeddingService.Telemetry;

namespace Morgan.EmbeddingService.Batching;

/// <summary>
/// Runs what is queued on a few threads of its own, the callers: one text or a micro-batch a run, at once as many runs
/// as callers. It never waits for a batch to fill up; what has come while the callers were busy makes up the next.
/// </summary>
internal sealed class Scheduler : IRunner, IDisposable
{
    private readonly object _gate = new();
    private readonly WorkQueue _queue = new();
    private readonly DrainRate _rate = new();
    private readonly List<InferenceCaller> _callers = [];
    private readonly EmbeddingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _queuedTokens;
    private int _maxCallers;
    private bool _stopping;

    public Scheduler(EmbeddingMetrics metrics, TimeProvider time, ILogger<Scheduler> logger)
    {
        (_metrics, _time, _logger) = (metrics, time, logger);
    }

    public int MaxQueuedTokens { get; set; } = int.MaxValue;

    public long QueuedTokens => Volatile.Read(ref _queuedTokens);

    /// <summary>How many runs go on at once at most; callers are started as they are needed, and end when there are too many.</summary>
    public int MaxCallers
    {
        get => Volatile.Read(ref _maxCallers);
        set
        {
            lock (_gate)
            {
                _maxCallers = value;
                StartCallers();
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>How many callers were found best on this machine; 0: not measured.</summary>
    public int MeasuredCallers { get; set; }

    /// <summary>How long the longest run in progress has taken so far.</summary>
    public TimeSpan LongestRun
    {
        get
        {
            var longest = TimeSpan.Zero;
            lock (_gate)
            {
                foreach (var caller in _callers)
                {
                    longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, caller.RunningFor.Ticks));
                }
            }

            return longest;
        }
    }

    public bool TryReserve(int tokens, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        while (true)
        {
            var before = QueuedTokens;
            var excess = before + tokens - MaxQueuedTokens;
            if (excess > 0)
            {
                retryAfter = TimeSpan.FromSeconds(Math.Clamp(excess / (_rate.PerCaller * Math.Max(1, MaxCallers)), 0.001, 3600));
                return false;
            }

            if (Interlocked.CompareExchange(ref _queuedTokens, before + tokens, before) == before)
            {
                return true;
            }
        }
    }

    public double SecondsFor(int tokens) => tokens / _rate.PerCaller;

    public void Return(int tokens) => Interlocked.Add(ref _queuedTokens, -tokens);

    public void Enqueue(List<Flight> flights)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            foreach (var flight in flights)
            {
                flight.QueuedAt = now;
                _queue.Add(flight);
            }

            if (flights.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
            else
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    // On a caller's thread: waits for the next run's texts; false when the caller is to end.
    private bool Take(InferenceCaller caller, List<Flight> taken)
    {
        lock (_gate)
        {
            while (true)
            {
                if (_stopping || _callers.Count > _maxCallers)
                {
                    _callers.Remove(caller);
                    return false;
                }

                if (!_queue.IsEmpty)
                {
                    _queue.Take(taken);
                    return true;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private void Run(InferenceCaller caller)
    {
        var taken = new List<Flight>();
        while (Take(caller, taken))
        {
            Start(taken);
            if (taken.Count > 0)
            {
                var began = _time.GetTimestamp();
                caller.Begin(began);
                var failure = TryRun(caller, taken);
                caller.End();
                Record(taken, _time.GetElapsedTime(began));
                if (failure is null)
                {
                    Land(caller, taken);
                }
                else
                {
                    Fail(taken, failure);
                }
            }

            taken.Clear();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a run throws is the answer of its texts; the caller goes on.")]
    private Exception? TryRun(InferenceCaller caller, List<Flight> taken)
    {
        try
        {
            caller.Run(taken);
            return null;
        }
        catch (Exception e)
        {
            Log.RunFailed(_logger, taken[0].Model.Name, e);
            return e;
        }
    }

    // Those that everybody has left are dropped here; their tokens were given back when that happened.
    private void Start(List<Flight> taken)
    {
        var kept = 0;
        for (var i = 0; i < taken.Count; i++)
        {
            var flight = taken[i];
            if (flight.TryStart())
            {
                Return(flight.Tokens);
                _metrics.Waited(flight.Lane == Lane.Interactive ? "interactive" : "bulk", _time.GetElapsedTime(flight.QueuedAt));
                taken[kept++] = flight;
            }
            else
            {
                flight.Model.Release();
            }
        }

        taken.RemoveRange(kept, taken.Count - kept);
    }

    private static void Land(InferenceCaller caller, List<Flight> flights)
    {
        for (var i = 0; i < flights.Count; i++)
        {
            flights[i].Model.Land(flights[i], caller.Vectors[i]);
        }
    }

    private static void Fail(List<Flight> flights, Exception failure)
    {
        foreach (var flight in flights)
        {
            flight.Model.Crash(flight, failure);
        }
    }

    private void Record(List<Flight> ran, TimeSpan took)
    {
        var (tokens, longest) = (0, 0);
        foreach (var flight in ran)
        {
            tokens += flight.Tokens;
            longest = Math.Max(longest, flight.Tokens);
        }

        _rate.Ran(tokens, took);
        _metrics.Ran(ran[0].Model.Name, ran.Count, longest * ran.Count, took);
    }

    private void StartCallers()
    {
        while (_callers.Count < _maxCallers && !_stopping)
        {
            var caller = new InferenceCaller(_time);
            _callers.Add(caller);
            new Thread(() => Run(caller)) { IsBackground = true, Name = "inference" }.Start();
        }
    }
}
