namespace Morgan.EmbeddingService.Batching;

/// <summary>What computes queued texts: the callers of this machine, or remote hosts.</summary>
internal interface IRunner
{
    /// <summary>The most tokens that may wait.</summary>
    int MaxQueuedTokens { get; }

    /// <summary>How many tokens wait.</summary>
    long QueuedTokens { get; }

    /// <summary>Sets tokens aside for texts that will be queued, all or none.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="retryAfter">When there will be room, where there is none.</param>
    bool TryReserve(int tokens, out TimeSpan retryAfter);

    /// <summary>Gives back tokens that were set aside and will not be run.</summary>
    void Return(int tokens);

    /// <summary>Queues texts whose tokens were set aside.</summary>
    void Enqueue(List<Flight> flights);

    /// <summary>What it would take to compute tokens, going by the last runs.</summary>
    double SecondsFor(int tokens);
}
