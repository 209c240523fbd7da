using System.Globalization;
using Morgan.Upstreams.Attempts;

namespace Morgan.LlmService.Relay;

/// <summary>Sets the headers in which Morgan says what it did.</summary>
internal static class MorganHeaders
{
    /// <summary>Of an answer, or of an error after at least one attempt.</summary>
    public static void Set(Exchange exchange, UpstreamResult result)
    {
        var overhead = exchange.Record.Elapsed - result.HostTime;
        exchange.Record.Overhead = overhead;
        Set(exchange.Context.Response.Headers, result.Host?.Name, result.Attempts, overhead);
    }

    /// <summary>The three of them.</summary>
    public static void Set(IHeaderDictionary headers, string? host, int attempts, TimeSpan overhead)
    {
        if (host is not null)
        {
            headers["x-morgan-host"] = host;
        }

        headers["x-morgan-attempts"] = attempts.ToString(CultureInfo.InvariantCulture);

        // Whole microseconds: formatting a double takes as long as finding the route.
        var microseconds = Math.Max(0, overhead.Ticks / TimeSpan.TicksPerMicrosecond);
        headers["x-morgan-overhead-ms"] = string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000}.{microseconds % 1000:000}");
    }
}
