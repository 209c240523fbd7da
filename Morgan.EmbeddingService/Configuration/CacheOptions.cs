namespace Morgan.EmbeddingService.Configuration;

/// <summary><c>Embedding:Cache</c>.</summary>
internal sealed class CacheOptions
{
    /// <summary>The bytes of vectors kept in this process, all models together; 0 turns the level off [64 MiB].</summary>
    public long L1Bytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long the shared store keeps a vector, ±10 %; 1 second to 3650 days [30 days].</summary>
    public TimeSpan L2Ttl { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a request waits for 256 vectors from the shared store, 1 ms to 10 s [20 ms].</summary>
    public TimeSpan L2ReadBudget { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>float32, or float16: half the bytes, and the first answer is rounded too, so that a hit equals a miss [float32].</summary>
    public string Precision { get; set; } = Precisions.Float32;
}
