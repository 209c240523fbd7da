using Microsoft.Extensions.Logging;

namespace Morgan.Hosting;

/// <summary>What the AppHost says on its console.</summary>
internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Information, "Distributed application starting: Aspire {Version} without its packages, AppHost {Folder}")]
    public static partial void Starting(ILogger logger, string version, string folder);

    [LoggerMessage(7002, LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    public static partial void Started(ILogger logger);

    [LoggerMessage(7003, LogLevel.Information, "Now listening on: {Url}")]
    public static partial void DashboardListens(ILogger logger, string url);

    [LoggerMessage(7004, LogLevel.Information, "Login to the dashboard at {Url}")]
    public static partial void DashboardLogin(ILogger logger, string url);

    [LoggerMessage(7005, LogLevel.Warning, "The dashboard does not answer at {Url}")]
    public static partial void DashboardSilent(ILogger logger, string url);

    [LoggerMessage(7006, LogLevel.Error, "{Resource} is not started: {Reason}")]
    public static partial void NotStarted(ILogger logger, string resource, string reason);

    [LoggerMessage(EventId = 7007, Message = "{Resource} is {State}, exit code {ExitCode}")]
    public static partial void Ended(ILogger logger, LogLevel level, string resource, string state, int? exitCode);

    [LoggerMessage(7008, LogLevel.Error, "The orchestrator is gone, and with it everything that it ran")]
    public static partial void OrchestratorGone(ILogger logger);

    [LoggerMessage(7011, LogLevel.Error, "The AppHost has lost track of a resource")]
    public static partial void Unexpected(ILogger logger, Exception problem);

    [LoggerMessage(7010, LogLevel.Information, "{Resource} is healthy {Urls}")]
    public static partial void Healthy(ILogger logger, string resource, string urls);

    [LoggerMessage(7009, LogLevel.Warning, "The orchestrator could not be told to stop, it will notice by itself: {Reason}")]
    public static partial void NotStopped(ILogger logger, string reason);
}
