using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults;

/// <summary>The log messages of this project; event ids 1000 to 1999, stable.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Error, "Configuration refused, the version before stays in force: {Reason}")]
    public static partial void ConfigurationRefused(ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Information, "Configuration section {Section} reloaded")]
    public static partial void ConfigurationReloaded(ILogger logger, string section);

    [LoggerMessage(1003, LogLevel.Warning, "Redis {Name} cannot be reached (ConnectionStrings:{Name}); going on without it: {Reason}")]
    public static partial void RedisUnreachable(ILogger logger, string name, string reason);

    [LoggerMessage(1004, LogLevel.Information, "Redis {Name} connected")]
    public static partial void RedisConnected(ILogger logger, string name);

    [LoggerMessage(1005, LogLevel.Warning, "No API keys are configured: every caller is let in ({Why})")]
    public static partial void OpenToAll(ILogger logger, string why);

    [LoggerMessage(1006, LogLevel.Error, "Unhandled failure of {Method} {Path}")]
    public static partial void UnhandledFailure(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(1007, LogLevel.Information, "Stopping: requests in flight have {Seconds} s to end")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(1008, LogLevel.Error, "A listener of configuration section {Section} failed; the others were told")]
    public static partial void ListenerFailed(ILogger logger, string section, Exception exception);
}
