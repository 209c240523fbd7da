namespace Morgan.LlmService;

/// <summary>The log messages of this project; event ids 3000 to 3999, stable.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Debug, "Host {Host} did not say which models it has: {Reason}")]
    public static partial void ModelsNotListed(ILogger logger, string host, string reason);

    [LoggerMessage(3002, LogLevel.Information, "Host {Host} serves {Count} models (-1: it has no list and is given any name)")]
    public static partial void ModelsLearnt(ILogger logger, string host, int count);

    [LoggerMessage(3003, LogLevel.Debug, "The embedding service did not answer: {Reason}")]
    public static partial void EmbeddingServiceAway(ILogger logger, string reason);

    [LoggerMessage(3101, LogLevel.Warning, "The store of limits is away or slow; this replica grants its share until it is back: {Reason}")]
    public static partial void StoreAway(ILogger logger, string reason);

    [LoggerMessage(3102, LogLevel.Information, "The store of limits is back; the books are brought up to date")]
    public static partial void StoreBack(ILogger logger);

    [LoggerMessage(3103, LogLevel.Error, "The store of limits mixes the scripts of several clients up (Garnet: LuaTransactionMode); this replica grants its share instead")]
    public static partial void StoreNotAtomic(ILogger logger);

    [LoggerMessage(3105, LogLevel.Debug, "What other replicas say of hosts was not heard: {Reason}")]
    public static partial void FleetNotHeard(ILogger logger, string reason);

    [LoggerMessage(3104, LogLevel.Debug, "Whether the store of limits runs scripts one by one could not be tried: {Reason}")]
    public static partial void ProbeFailed(ILogger logger, string reason);
}
