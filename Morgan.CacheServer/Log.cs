using System.Net;
using Microsoft.Extensions.Logging;

namespace Morgan.CacheServer;

/// <summary>Everything that the cache logs.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Information, "Cache ready on {Address}:{Port}, {MaxMemoryMiB} MiB, {Password}")]
    public static partial void Ready(ILogger logger, IPAddress address, int port, long maxMemoryMiB, string password);

    [LoggerMessage(6002, LogLevel.Warning, "The cache did not stop within {Seconds} s; the process ends all the same")]
    public static partial void StopAbandoned(ILogger logger, double seconds);
}
