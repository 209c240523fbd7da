using System.Threading.Channels;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Redis;

namespace Morgan.EmbeddingService.Caching;

/// <summary>
/// Writes vectors to the shared store, off every request's path: what comes while a write is under way goes out
/// together in the next. What does not fit into the queue is dropped and counted; it will be computed again.
/// </summary>
internal sealed class L2Writer(
    RedisCache redis,
    IReloading<EmbeddingOptions> options,
    EmbeddingMetrics metrics,
    TimeProvider time,
    Random random,
    ILogger<L2Writer> logger) : BackgroundService
{
    private const int MaxQueued = 8192;
    private const int MaxTogether = 256;
    private const double Jitter = 0.1;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly Channel<VectorWrite> _queue = Channel.CreateBounded<VectorWrite>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private int _pending;
    private long _written;

    /// <summary>How many vectors have not been written yet.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>How many vectors have been written since the start.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Queues a vector, if there is a store, its generation is known, and there is room.</summary>
    public void Offer(in VectorWrite write)
    {
        if (redis.Connected is null || !write.Keys.IsKnown)
        {
            return;
        }

        Interlocked.Increment(ref _pending);
        if (!_queue.Writer.TryWrite(write))
        {
            Interlocked.Decrement(ref _pending);
            metrics.WritesDropped(1);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var together = new List<VectorWrite>(MaxTogether);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            together.Clear();
            while (together.Count < MaxTogether && _queue.Reader.TryRead(out var write))
            {
                together.Add(write);
            }

            await WriteAsync(together, stoppingToken);
            Interlocked.Add(ref _pending, -together.Count);
        }
    }

    private async Task WriteAsync(List<VectorWrite> writes, CancellationToken cancellationToken)
    {
        if (redis.Connected is not { } connected)
        {
            metrics.WritesDropped(writes.Count);
            return;
        }

        var sent = new List<Task>(writes.Count);
        try
        {
            var database = connected.GetDatabase();
            foreach (var write in writes)
            {
                var entry = EntryFormat.Encode(write.Vector, write.Hash, write.Half);
                sent.Add(database.StringSetAsync(write.Keys.KeyOf(write.Hash), entry, Lifetime()));
            }

            await Task.WhenAll(sent).WaitAsync(Deadline, time, cancellationToken);
            Interlocked.Add(ref _written, writes.Count);
        }
        catch (Exception e) when (RedisFaults.Is(e))
        {
            var lost = writes.Count - sent.Count(task => task.IsCompletedSuccessfully);
            metrics.WritesDropped(lost);
            Log.CacheWriteFailed(logger, lost, e.Message);
        }
    }

    // Entries written together do not run out together.
    private TimeSpan Lifetime()
    {
        var factor = 1 + (Jitter * ((2 * random.NextDouble()) - 1));
        return TimeSpan.FromTicks((long)(options.Current.Cache.L2Ttl.Ticks * factor));
    }
}
