using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Morgan.EmbeddingService.Telemetry;

/// <summary>What this service counts and measures; docs/operations.md lists it.</summary>
internal sealed class EmbeddingMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Morgan.EmbeddingService";

    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _lookups;
    private readonly Counter<long> _readFailures;
    private readonly Counter<long> _corrupt;
    private readonly Counter<long> _dropped;
    private readonly Histogram<long> _batchTokens;
    private readonly Histogram<long> _batchTexts;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _inference;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _downloaded;
    private readonly long[] _totals = new long[7];
    private double _savedSeconds;

    public EmbeddingMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _duration = meter.CreateHistogram(
            "gen_ai.client.operation.duration", "s", "Duration of embedding requests.", null, Buckets(0.01, 2, 14));
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of embedding requests.", null, TokenBuckets());
        _lookups = meter.CreateCounter<long>("morgan.cache.lookups", "{lookup}", "Vectors looked up, by tier and result.");
        _readFailures = meter.CreateCounter<long>("morgan.cache.read_failures", "{read}", "Reads of the shared cache that failed or ran out of their budget.");
        _corrupt = meter.CreateCounter<long>("morgan.cache.corrupt", "{entry}", "Entries of the shared cache that were damaged or of another schema.");
        _dropped = meter.CreateCounter<long>("morgan.cache.writes_dropped", "{entry}", "Vectors that were not written to the shared cache.");
        _batchTokens = meter.CreateHistogram(
            "morgan.batch.tokens", "{token}", "Tokens of a run of a model, padding included.", null, TokenBuckets());
        _batchTexts = meter.CreateHistogram<long>("morgan.batch.texts", "{text}", "Texts of a run of a model.");
        _queueWait = meter.CreateHistogram(
            "morgan.queue.wait", "s", "Time between the queueing of a text and its run.", null, Buckets(0.0001, 2, 18));
        _inference = meter.CreateHistogram(
            "morgan.batch.duration", "s", "Duration of a run of a model.", null, Buckets(0.0001, 2, 18));
        _rejected = meter.CreateCounter<long>("morgan.queue.rejected", "{request}", "Requests refused because the queue was full.");
        _downloaded = meter.CreateCounter<long>("morgan.model.download", "By", "Bytes of models downloaded from the hub.");
    }

    /// <summary>A request was answered, or failed.</summary>
    public void Request(string model, TimeSpan duration, int tokens, string? errorType)
    {
        if (_duration.Enabled)
        {
            var tags = Tags(model);
            if (errorType is not null)
            {
                tags.Add("error.type", errorType);
            }

            _duration.Record(duration.TotalSeconds, tags);
        }

        if (errorType is null && _tokens.Enabled)
        {
            var tags = Tags(model);
            tags.Add("gen_ai.token.type", "input");
            _tokens.Record(tokens, tags);
        }
    }

    /// <summary>What the cache has done since the process started.</summary>
    public CacheTotals Totals => new(
        Volatile.Read(ref _totals[0]),
        Volatile.Read(ref _totals[1]),
        Volatile.Read(ref _totals[2]),
        Volatile.Read(ref _totals[3]),
        Volatile.Read(ref _totals[4]),
        Volatile.Read(ref _totals[5]),
        Volatile.Read(ref _totals[6]),
        Volatile.Read(ref _savedSeconds));

    /// <summary>A request's vectors were looked for in this process.</summary>
    /// <param name="hits">How many were there.</param>
    /// <param name="misses">How many were not.</param>
    /// <param name="savedSeconds">What the hits would have cost.</param>
    public void LookedUpL1(int hits, int misses, double savedSeconds) => Lookups("l1", 0, hits, misses, savedSeconds);

    /// <summary>A request's vectors were looked for in the shared store.</summary>
    /// <param name="hits">How many were there.</param>
    /// <param name="misses">How many were not.</param>
    /// <param name="savedSeconds">What the hits would have cost.</param>
    public void LookedUpL2(int hits, int misses, double savedSeconds) => Lookups("l2", 2, hits, misses, savedSeconds);

    private void Lookups(string tier, int total, int hits, int misses, double savedSeconds)
    {
        Interlocked.Add(ref _totals[total], hits);
        Interlocked.Add(ref _totals[total + 1], misses);
        AddSaved(savedSeconds);
        if (!_lookups.Enabled)
        {
            return;
        }

        if (hits > 0)
        {
            _lookups.Add(hits, new("tier", tier), new("result", "hit"));
        }

        if (misses > 0)
        {
            _lookups.Add(misses, new("tier", tier), new("result", "miss"));
        }
    }

    /// <summary>A read of the shared cache brought nothing.</summary>
    public void ReadFailed(string reason)
    {
        Interlocked.Increment(ref _totals[4]);
        _readFailures.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    /// <summary>An entry of the shared cache could not be used.</summary>
    public void EntryCorrupt()
    {
        Interlocked.Increment(ref _totals[5]);
        _corrupt.Add(1);
    }

    /// <summary>Vectors were not written to the shared cache.</summary>
    public void WritesDropped(int count)
    {
        Interlocked.Add(ref _totals[6], count);
        _dropped.Add(count);
    }

    /// <summary>A request was refused because the queue was full.</summary>
    public void Rejected() => _rejected.Add(1);

    /// <summary>Bytes of a model came from the hub.</summary>
    public void Downloaded(int bytes) => _downloaded.Add(bytes);

    /// <summary>A run ended.</summary>
    public void Ran(string model, int texts, int tokens, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("gen_ai.request.model", model);
        _batchTexts.Record(texts, tag);
        _batchTokens.Record(tokens, tag);
        _inference.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A text's wait for its run was over.</summary>
    public void Waited(string lane, TimeSpan wait) => _queueWait.Record(wait.TotalSeconds, new KeyValuePair<string, object?>("lane", lane));

    private void AddSaved(double seconds)
    {
        double before;
        do
        {
            before = Volatile.Read(ref _savedSeconds);
        }
        while (seconds > 0 && Interlocked.CompareExchange(ref _savedSeconds, before + seconds, before) != before);
    }

    private static TagList Tags(string model) => new()
    {
        { "gen_ai.operation.name", EmbeddingTracing.Operation },
        { "gen_ai.provider.name", EmbeddingTracing.Provider },
        { "gen_ai.request.model", model },
    };

    private static InstrumentAdvice<double> Buckets(double first, double factor, int count)
    {
        var bounds = new double[count];
        for (var i = 0; i < count; i++)
        {
            bounds[i] = first * Math.Pow(factor, i);
        }

        return new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds };
    }

    // 1, 4, 16, … 67108864: the boundaries of the GenAI conventions.
    private static InstrumentAdvice<long> TokenBuckets()
    {
        var bounds = new long[14];
        for (var i = 0; i < bounds.Length; i++)
        {
            bounds[i] = 1L << (2 * i);
        }

        return new InstrumentAdvice<long> { HistogramBucketBoundaries = bounds };
    }
}
