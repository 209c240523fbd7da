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
}
