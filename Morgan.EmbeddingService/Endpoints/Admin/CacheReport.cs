namespace Morgan.EmbeddingService.Endpoints.Admin;

/// <summary>The cache as <c>GET /admin/cache</c> shows it; counts since the process started.</summary>
/// <param name="L1">The level in this process.</param>
/// <param name="L2">The shared level.</param>
/// <param name="SavedInferenceSeconds">What the hits would have cost, in seconds of one caller.</param>
/// <param name="Epoch">The generation; it changes when the cache is cleared.</param>
internal sealed record CacheReport(CacheReport.Level1 L1, CacheReport.Level2 L2, double SavedInferenceSeconds, long Epoch)
{
    /// <summary>The level in this process.</summary>
    /// <param name="Entries">Vectors held now.</param>
    /// <param name="Bytes">What they take.</param>
    /// <param name="MaxBytes">What they may take.</param>
    /// <param name="Hits">Vectors found.</param>
    /// <param name="Misses">Vectors not found.</param>
    /// <param name="HitRate">0 to 1.</param>
    internal sealed record Level1(long Entries, long Bytes, long MaxBytes, long Hits, long Misses, double HitRate);

    /// <summary>The shared level.</summary>
    /// <param name="Connected">Whether there is a store, and it is up.</param>
    /// <param name="HeldBack">Whether reads are held back because it was slow.</param>
    /// <param name="PendingWrites">Vectors that wait to be written.</param>
    /// <param name="Writes">Vectors written.</param>
    /// <param name="Hits">Vectors found.</param>
    /// <param name="Misses">Vectors not found.</param>
    /// <param name="HitRate">0 to 1.</param>
    /// <param name="ReadFailures">Reads that failed or ran out of their budget.</param>
    /// <param name="Corrupt">Entries that could not be used.</param>
    /// <param name="WritesDropped">Vectors that were not written.</param>
    internal sealed record Level2(
        bool Connected,
        bool HeldBack,
        int PendingWrites,
        long Writes,
        long Hits,
        long Misses,
        double HitRate,
        long ReadFailures,
        long Corrupt,
        long WritesDropped);
}
