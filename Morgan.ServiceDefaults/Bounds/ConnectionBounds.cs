using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.ServiceDefaults.Bounds;

/// <summary>Puts <see cref="BoundsOptions"/> in force.</summary>
internal static class ConnectionBounds
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <exception cref="ConfigurationException">A key is not known, or its value is out of its range.</exception>
    public static void AddConnectionBounds(this WebApplicationBuilder builder)
    {
        var bounds = Read(builder.Configuration.GetSection(BoundsOptions.Section));
        string[] problems = [.. Check(bounds)];
        if (problems.Length > 0)
        {
            throw new ConfigurationException(problems);
        }

        builder.WebHost.ConfigureKestrel(kestrel => Apply(bounds, kestrel));
    }

    private static BoundsOptions Read(IConfigurationSection section)
    {
        try
        {
            return section.Get<BoundsOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new BoundsOptions();
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationException(BinderMessage.Explain(BoundsOptions.Section, e), e);
        }
    }

    private static void Apply(BoundsOptions bounds, KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = bounds.MaxConnections;
        limits.MaxRequestLineSize = bounds.MaxRequestLineBytes;
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, bounds.MaxRequestLineBytes);
        limits.MaxRequestHeadersTotalSize = bounds.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = bounds.MaxHeaders;
        limits.RequestHeadersTimeout = bounds.HeadersTimeout;
        limits.KeepAliveTimeout = bounds.IdleTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(bounds.MinBytesPerSecond, Grace);
        limits.MinResponseDataRate = new MinDataRate(bounds.MinBytesPerSecond, Grace);
        limits.Http2.MaxStreamsPerConnection = bounds.MaxStreamsPerConnection;
    }

    private static IEnumerable<string> Check(BoundsOptions bounds)
    {
        (string Key, double Value, double Least, double Most)[] ranges =
        [
            ("MaxConnections", bounds.MaxConnections, 1, 1_000_000),
            ("MaxRequestLineBytes", bounds.MaxRequestLineBytes, 256, 65_536),
            ("MaxHeaderBytes", bounds.MaxHeaderBytes, 1024, 1_048_576),
            ("MaxHeaders", bounds.MaxHeaders, 10, 1000),
            ("HeadersTimeout", bounds.HeadersTimeout.TotalSeconds, 1, 600),
            ("IdleTimeout", bounds.IdleTimeout.TotalSeconds, 1, 3600),
            ("MinBytesPerSecond", bounds.MinBytesPerSecond, 1, 1_000_000),
            ("MaxStreamsPerConnection", bounds.MaxStreamsPerConnection, 1, 10_000),
        ];
        foreach (var (key, value, least, most) in ranges)
        {
            if (value < least || value > most)
            {
                yield return FormattableString.Invariant($"Bounds:{key}: must be from {least} to {most}{(key.EndsWith("Timeout", StringComparison.Ordinal) ? " seconds" : "")}, is {value}");
            }
        }
    }
}
