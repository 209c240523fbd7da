namespace Morgan.EmbeddingService.Telemetry;

/// <summary>What the cache has done since the process started, for <c>GET /admin/cache</c>.</summary>
/// <param name="L1Hits">Vectors found in this process.</param>
/// <param name="L1Misses">Vectors not found in this process.</param>
/// <param name="L2Hits">Vectors found in the shared store.</param>
/// <param name="L2Misses">Vectors looked for in the shared store and not found.</param>
/// <param name="ReadFailures">Reads of the shared store that failed or ran out of their budget.</param>
/// <param name="Corrupt">Entries of the shared store that could not be used.</param>
/// <param name="WritesDropped">Vectors that were not written to the shared store.</param>
/// <param name="SavedSeconds">What the hits would have cost, in seconds of one caller.</param>
internal sealed record CacheTotals(
    long L1Hits, long L1Misses, long L2Hits, long L2Misses, long ReadFailures, long Corrupt, long WritesDropped, double SavedSeconds);
