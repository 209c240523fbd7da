namespace Morgan.EmbeddingService.Batching;

/// <summary>Where a flight is.</summary>
internal enum FlightState
{
    /// <summary>Waiting for a caller.</summary>
    Queued,

    /// <summary>In a run.</summary>
    Running,

    /// <summary>Done, with a vector or a failure.</summary>
    Landed,

    /// <summary>Everybody left before it ran.</summary>
    Dropped,
}
