using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.ServiceDefaults.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Morgan.ServiceDefaults.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>The meters and activity sources of Morgan's own: every one whose name begins with <c>Morgan.</c>.</summary>
    private const string Own = "Morgan.*";

    public const string PrometheusKey = "Metrics:Prometheus";

    // Nothing per request or per probe: health changes are told once, by whoever notices them. Below appsettings, so anyone can ask for more.
    private static readonly Dictionary<string, string?> QuietByDefault = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Error",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
    };

    /// <summary>Logs, metrics and traces by OTLP where the standard <c>OTEL_*</c> variables say so; metrics for Prometheus by <see cref="PrometheusKey"/>.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietByDefault });
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        // What nobody takes is not made: spans and measurements would cost a third of what a small request does.
        var (isScraped, isSent) = (IsPrometheusOn(builder.Configuration), !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]));
        var telemetry = builder.Services.AddOpenTelemetry();
        if (isScraped || isSent)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter(Own);
                if (isScraped)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        }

        if (isSent)
        {
            telemetry.WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(http => http.Filter = IsNoProbe)
                .AddHttpClientInstrumentation()
                .AddSource(Own));
            telemetry.UseOtlpExporter();
        }
    }

    public static bool IsPrometheusOn(IConfiguration configuration) => configuration[PrometheusKey] switch
    {
        null or "" => false,
        { } text => bool.TryParse(text, out var on) ? on : throw new ConfigurationException($"{PrometheusKey}: must be true or false, is '{text}'"),
    };

    // Probes come every few seconds from every side and say nothing: they would drown the traces that matter.
    private static bool IsNoProbe(HttpContext context) =>
        context.Request.Path != "/health" && context.Request.Path != "/alive" && context.Request.Path != "/metrics";
}
