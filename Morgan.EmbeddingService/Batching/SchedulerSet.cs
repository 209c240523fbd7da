using System.Collections.Concurrent;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Telemetry;

namespace Morgan.EmbeddingService.Batching;

/// <summary>A scheduler for each device: what runs on a GPU does not wait for what runs on the CPU.</summary>
internal sealed class SchedulerSet(EmbeddingMetrics metrics, TimeProvider time, ILogger<Scheduler> logger) : IDisposable
{
    /// <summary>Two runs at once keep a GPU busy while the host prepares the next.</summary>
    private const int CallersPerGpu = 2;

    private readonly ConcurrentDictionary<string, Scheduler> _schedulers = new(StringComparer.Ordinal);
    private BatchingOptions _options = new();

    /// <summary>How long the longest run in progress on any device has taken so far.</summary>
    public TimeSpan LongestRun => _schedulers.Values.Select(scheduler => scheduler.LongestRun).DefaultIfEmpty().Max();

    /// <summary>The scheduler of a device, <c>cpu</c> or <c>cuda:0</c>.</summary>
    public Scheduler Of(string device)
    {
        lock (_schedulers)
        {
            if (!_schedulers.TryGetValue(device, out var scheduler))
            {
                _schedulers[device] = scheduler = new Scheduler(metrics, time, logger);
                Apply(device, scheduler);
            }

            return scheduler;
        }
    }

    /// <summary>Takes over the options in force.</summary>
    public void Apply(BatchingOptions options)
    {
        lock (_schedulers)
        {
            _options = options;
            foreach (var (device, scheduler) in _schedulers)
            {
                Apply(device, scheduler);
            }
        }
    }

    public void Dispose()
    {
        foreach (var scheduler in _schedulers.Values)
        {
            scheduler.Dispose();
        }
    }

    private void Apply(string device, Scheduler scheduler)
    {
        scheduler.MaxQueuedTokens = _options.MaxQueuedTokens;
        scheduler.MaxCallers = _options.Callers > 0 ? _options.Callers
            : scheduler.MeasuredCallers > 0 ? scheduler.MeasuredCallers
            : device == Devices.Cpu ? Environment.ProcessorCount
            : CallersPerGpu;
    }
}
