namespace Morgan.EmbeddingService;

/// <summary>The log messages of this project; event ids 4000 to 4999, stable.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "Model {Model} loaded ({Backend}, {Dimensions} dimensions, {MaxTokens} tokens) in {Milliseconds:0} ms")]
    public static partial void ModelLoaded(ILogger logger, string model, string backend, int dimensions, int maxTokens, double milliseconds);

    [LoggerMessage(4002, LogLevel.Error, "Model {Model} could not be loaded: {Reason}")]
    public static partial void ModelNotLoaded(ILogger logger, string model, string reason);

    [LoggerMessage(4003, LogLevel.Error, "A run of model {Model} failed")]
    public static partial void RunFailed(ILogger logger, string model, Exception exception);

    [LoggerMessage(4009, LogLevel.Information, "Model {Model} unloaded; the process shrank by {FreedBytes} bytes")]
    public static partial void ModelUnloaded(ILogger logger, string model, long freedBytes);

    [LoggerMessage(4010, LogLevel.Information, "Downloading {File}: {Percent} % of {Bytes} bytes")]
    public static partial void Downloading(ILogger logger, string file, long percent, long bytes);

    [LoggerMessage(4011, LogLevel.Warning, "The download of {File} was interrupted ({Reason}); going on in {Seconds} s")]
    public static partial void DownloadInterrupted(ILogger logger, string file, string reason, double seconds);

    [LoggerMessage(4012, LogLevel.Warning, "The hub cannot be reached ({Reason}); using the copy of {Repository} that is here")]
    public static partial void HubUnreachable(ILogger logger, string repository, string reason);

    [LoggerMessage(4013, LogLevel.Information, "Model {Model}: {TokensPerSecond:0} tokens/s with {Callers} callers and up to {TokensPerRun} tokens a run, {Share:0} % of this machine's {Gflops:0} GFLOP/s in float32")]
    public static partial void Calibrated(ILogger logger, string model, double tokensPerSecond, int callers, int tokensPerRun, double share, double gflops);

    [LoggerMessage(4014, LogLevel.Information, "Models run on the CPU: {Reason}. For a GPU {Remedy}")]
    public static partial void RunningOnCpu(ILogger logger, string reason, string remedy);

    [LoggerMessage(4004, LogLevel.Warning, "The shared cache is too slow, reads are held back: {Reason}")]
    public static partial void CacheReadsHeldBack(ILogger logger, string reason);

    [LoggerMessage(4005, LogLevel.Information, "The shared cache answers in time again")]
    public static partial void CacheReadsResumed(ILogger logger);

    [LoggerMessage(4006, LogLevel.Warning, "{Count} vectors were not written to the shared cache: {Reason}")]
    public static partial void CacheWriteFailed(ILogger logger, int count, string reason);

    [LoggerMessage(4007, LogLevel.Information, "The cache was cleared: generation {Epoch}")]
    public static partial void CacheCleared(ILogger logger, long epoch);

    [LoggerMessage(4008, LogLevel.Warning, "The cache's generation could not be read from the shared cache: {Reason}")]
    public static partial void EpochUnknown(ILogger logger, string reason);
}
