using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.ServiceDefaults.Configuration;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Morgan.ServiceDefaults.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>The meters and activity sources of Morgan's own: every one whose name begins with <c>Morgan.</c>.</summary>
    private const string Own = "Morgan.*";

    public const string PrometheusKey = "Metrics:Prometheus";

    // Counted up and down, or told again, with every request, where Morgan's own measurements say the same or more.
    private static readonly string[] Unread =
        ["http.client.active_requests", "http.client.open_connections", "http.client.request.duration"];

    // ASP.NET Core's own. The instrumentation package's set has besides a middleware around each request, for RequestBoundary's error.type.
    private static readonly string[] Servers = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private const string ExemplarFilterKey = "OTEL_METRICS_EXEMPLAR_FILTER";

    // Set by Morgan.Upstreams on requests that nobody's request has caused.
    private static readonly HttpRequestOptionsKey<bool> Housekeeping = new("Morgan.Housekeeping");

    // Nothing per request or per probe: health changes are told once, by whoever notices them. Below appsettings, so anyone can ask for more.
    private static readonly Dictionary<string, string?> QuietByDefault = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None", // else it opens a scope, and makes a span, for each request
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "Error",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Polly"] = "Warning",
    };

    /// <summary>Logs, metrics and traces by OTLP where the standard <c>OTEL_*</c> variables say so; metrics for Prometheus by <see cref="PrometheusKey"/>.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var isSent = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietByDefault });
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        // What nobody takes is not made: spans and measurements would cost a third of what a small request does.
        var isScraped = IsPrometheusOn(builder.Configuration);
        var telemetry = builder.Services.AddOpenTelemetry();
        if (isScraped || isSent)
        {
            telemetry.WithMetrics(metrics =>
            {
                metrics.AddMeter(Own).AddMeter(Servers).AddHttpClientInstrumentation().AddRuntimeInstrumentation();
                foreach (var name in Unread)
                {
                    metrics.AddView(name, MetricStreamConfiguration.Drop);
                }

                if (isSent && string.IsNullOrWhiteSpace(builder.Configuration[ExemplarFilterKey]))
                {
                    // A measurement leads to a trace that there is. Whoever sets the standard variable decides otherwise.
                    metrics.SetExemplarFilter(ExemplarFilterType.TraceBased);
                }

                if (isScraped)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        }

        if (isSent)
        {
            // What clients say of themselves beside their trace is not for hosts to read.
            Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
            telemetry.WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(http => http.Filter = IsNoProbe)
                .AddHttpClientInstrumentation(http => http.FilterHttpRequestMessage = IsNoHousekeeping)
                .AddSource(Own));
            telemetry.UseOtlpExporter();
        }
    }

    public static bool IsPrometheusOn(IConfiguration configuration) => configuration[PrometheusKey] switch
    {
        null or "" => false,
        { } text => bool.TryParse(text, out var on) ? on : throw new ConfigurationException($"{PrometheusKey}: must be true or false, is '{text}'"),
    };

    // Probes come every few seconds from every side and say nothing: they would drown the traces that matter. So do lists
    // of models that another service of Morgan's asks for in the rhythm of its checks, which it leaves out itself.
    private static bool IsNoProbe(HttpContext context) =>
        context.Request.Path != "/health" && context.Request.Path != "/alive" && context.Request.Path != "/metrics"
        && !(context.Request.Path == "/v1/models" && context.Request.Headers.TraceParent.ToString().EndsWith("-00", StringComparison.Ordinal));

    private static bool IsNoHousekeeping(HttpRequestMessage request) => !request.Options.TryGetValue(Housekeeping, out var marked) || !marked;
}
