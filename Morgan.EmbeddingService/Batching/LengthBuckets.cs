using System.Numerics;

namespace Morgan.EmbeddingService.Batching;

/// <summary>
/// The waiting texts of one model, sorted into queues of similar length, so that a run of several pads them little.
/// Not safe for several threads: the work queue's lock is held.
/// </summary>
internal sealed class LengthBuckets
{
    // 8, 12, 16, 24, 32, 48, … tokens at most: at worst a third of a bucket's places is padding.
    private const int FirstLimit = 8;
    private const int MaxBuckets = 48;

    private readonly Queue<Flight>?[] _buckets = new Queue<Flight>?[MaxBuckets];

    /// <summary>How many texts wait.</summary>
    public int Count { get; private set; }

    /// <summary>The text that waits longest.</summary>
    public Flight? Oldest => OldestBucket()?.Peek();

    /// <summary>Adds a text.</summary>
    public void Add(Flight flight)
    {
        (_buckets[BucketOf(flight.Tokens)] ??= new Queue<Flight>()).Enqueue(flight);
        Count++;
    }

    /// <summary>Takes the text that waits longest, and others of its bucket while they fit.</summary>
    /// <param name="taken">Where they go.</param>
    /// <param name="maxTexts">How many texts at most.</param>
    /// <param name="maxTokens">How many places at most, padding included; a single longer text is taken all the same.</param>
    public void Take(List<Flight> taken, int maxTexts, int maxTokens)
    {
        if (OldestBucket() is not { } bucket)
        {
            return;
        }

        var longest = 0;
        while (taken.Count < maxTexts && bucket.TryPeek(out var next))
        {
            longest = Math.Max(longest, next.Tokens);
            if (taken.Count > 0 && longest * (taken.Count + 1L) > maxTokens)
            {
                return;
            }

            taken.Add(bucket.Dequeue());
            Count--;
        }
    }

    private Queue<Flight>? OldestBucket()
    {
        Queue<Flight>? oldest = null;
        foreach (var bucket in _buckets)
        {
            if (bucket is { Count: > 0 } && (oldest is null || bucket.Peek().QueuedAt < oldest.Peek().QueuedAt))
            {
                oldest = bucket;
            }
        }

        return oldest;
    }

    private static int BucketOf(int tokens)
    {
        if (tokens <= FirstLimit)
        {
            return 0;
        }

        // Two buckets an octave: (8, 12], (12, 16], (16, 24], (24, 32], …
        var octave = BitOperations.Log2((uint)(tokens - 1)) - BitOperations.Log2(FirstLimit);
        var low = FirstLimit << octave;
        return Math.Min(MaxBuckets - 1, 1 + (2 * octave) + (tokens > low + (low / 2) ? 1 : 0));
    }
}
