using Microsoft.Extensions.Logging;

namespace Morgan.Upstreams;

internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "Host {Host}: circuit {From} → {To}, {Reason}")]
    public static partial void CircuitChanged(ILogger logger, string host, string from, string to, string reason);

    [LoggerMessage(2001, LogLevel.Information, "Host {Host}: health {From} → {To} after {Failures} failures in a row")]
    public static partial void HealthChanged(ILogger logger, string host, string from, string to, int failures);

    [LoggerMessage(2002, LogLevel.Warning, "Host {Host} refused Morgan with {Status}: check its Url, ApiKey and Kind")]
    public static partial void Misconfigured(ILogger logger, string host, string status);

    [LoggerMessage(2003, LogLevel.Information, "Hosts in force: {Hosts}")]
    public static partial void HostsApplied(ILogger logger, string hosts);

    [LoggerMessage(2004, LogLevel.Warning, "Service discovery found no address for {Url}: {Problem}")]
    public static partial void DiscoveryFailed(ILogger logger, string url, string problem);

    [LoggerMessage(2005, LogLevel.Information, "Host {Host}: {Action} by hand")]
    public static partial void Switched(ILogger logger, string host, string action);
}
