using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Morgan.Hosting.Dashboard;

/// <summary>Where the dashboard listens and which keys guard it. The configuration keys are those of Aspire 13.5.</summary>
internal sealed record DashboardSettings(int? Port, int? OtlpPort, int? ResourceServicePort, bool Anonymous, string BrowserToken, string OtlpKey, string ApiKey, string ResourceKey)
{
    /// <summary>Reads the settings; keys that are not given are made for this run.</summary>
    public static DashboardSettings Read(IConfiguration configuration)
    {
        var randomize = configuration.GetValue("DcpPublisher:RandomizePorts", false);
        return new(
            Port("ASPNETCORE_URLS"),
            Port("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"),
            Port("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"),
            configuration.GetValue("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", false),
            configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] ?? Key("AppHost:BrowserToken"),
            Key("AppHost:OtlpApiKey"),
            Key("AppHost:DashboardApiKey"),
            Key("AppHost:ResourceService:ApiKey"));

        int? Port(string key) => randomize || configuration[key] is not { Length: > 0 } urls ? null : new Uri(urls.Split(';')[0]).Port;
        string Key(string key) => configuration[key] ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
    }
}
