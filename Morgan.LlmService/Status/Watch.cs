using System.Diagnostics;
using System.Diagnostics.Metrics;
using Morgan.LlmService.Telemetry;
using Morgan.Upstreams.Telemetry;

namespace Morgan.LlmService.Status;

/// <summary>
/// Listens to Morgan's own spans and measurements, only while somebody looks at the page: then it remembers the newest
/// attempts and adds up requests and tokens.
/// </summary>
internal sealed class Watch : IDisposable
{
    private const int Kept = 50;

    private readonly Lock _gate = new();
    private readonly Queue<Decision> _newest = new(Kept);
    private readonly ActivityListener _activities;
    private readonly MeterListener _measurements;
    private long _requests;
    private long _errors;
    private long _input;
    private long _output;

    public Watch()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tags.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Remember,
        };
        ActivitySource.AddActivityListener(_activities);
        _measurements = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == GatewayTelemetry.Name
                    && instrument.Name is "gen_ai.server.request.duration" or "gen_ai.client.token.usage")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _measurements.SetMeasurementEventCallback<double>((_, _, tags, _) => CountRequest(tags));
        _measurements.SetMeasurementEventCallback<long>((_, tokens, tags, _) => CountTokens(tokens, tags));
        _measurements.Start();
    }

    /// <summary>What was counted until now.</summary>
    public Traffic Traffic => new(
        Interlocked.Read(ref _requests), Interlocked.Read(ref _errors), Interlocked.Read(ref _input), Interlocked.Read(ref _output));

    /// <summary>The newest attempts, newest first.</summary>
    public IReadOnlyList<Decision> Decisions
    {
        get
        {
            lock (_gate)
            {
                return [.. _newest.Reverse()];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _activities.Dispose();
        _measurements.Dispose();
    }

    private void Remember(Activity activity)
    {
        var decision = new Decision(
            activity.StartTimeUtc,
            activity.GetTagItem(Tags.Host) as string,
            activity.GetTagItem(Tags.Attempt) as int? ?? 1,
            activity.GetTagItem(Tags.Cause) as string,
            activity.GetTagItem(Tags.Strategy) as string,
            activity.GetTagItem(Tags.Circuit) as string,
            activity.GetTagItem(Tags.Outcome) as string,
            activity.GetTagItem(Tags.ErrorType) as string,
            activity.Duration.TotalMilliseconds);
        lock (_gate)
        {
            if (_newest.Count == Kept)
            {
                _newest.Dequeue();
            }

            _newest.Enqueue(decision);
        }
    }

    private void CountRequest(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Interlocked.Increment(ref _requests);
        if (Find(tags, Tags.ErrorType) is not null)
        {
            Interlocked.Increment(ref _errors);
        }
    }

    private void CountTokens(long tokens, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Interlocked.Add(ref Find(tags, "gen_ai.token.type") is "output" ? ref _output : ref _input, tokens);

    private static object? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var (key, value) in tags)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }
}
