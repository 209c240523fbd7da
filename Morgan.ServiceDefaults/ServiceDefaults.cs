using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Bounds;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Errors;
using Morgan.ServiceDefaults.Health;
using Morgan.ServiceDefaults.Lifetime;
using Morgan.ServiceDefaults.Telemetry;

namespace Morgan.ServiceDefaults;

/// <summary>
/// What every Morgan service gets, in three calls: <see cref="AddServiceDefaults"/> on the builder,
/// <see cref="UseServiceDefaults"/> first in the pipeline, <see cref="MapDefaultEndpoints"/> among the routes.
/// </summary>
public static class ServiceDefaults
{
    private static readonly TimeSpan MaxGrace = TimeSpan.FromHours(1);

    /// <summary>
    /// Adds the configuration file, telemetry, health checks, service discovery, API keys and the drain. No resilience
    /// handler is put on every client: the exporter's, which repeats by itself, would repeat each repetition and log it.
    /// </summary>
    /// <exception cref="ConfigurationException">A value is wrong; the message names its key.</exception>
    public static void AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.AddConfigFile();
        builder.AddSecretsFolder();
        builder.AddTelemetry();
        builder.AddDrain();
        builder.AddConnectionBounds();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.Live]);
        builder.Services.AddServiceDiscovery();
        var mayBeOpen = builder.Environment.IsDevelopment();
        builder.Services.AddReloading<AuthOptions>("Auth", options => AuthValidation.Check(options, mayBeOpen));
    }

    /// <summary>Request ids, clear errors and API keys; call it before any other middleware.</summary>
    public static void UseServiceDefaults(this WebApplication app)
    {
        app.UseMiddleware<RequestBoundary>();
        if (app.Services.GetRequiredService<IReloading<AuthOptions>>().Current.TrustedProxies is { Count: > 0 } proxies)
        {
            app.UseForwardedHeaders(ForwardedFrom(proxies));
        }

        app.UseRouting();
        app.UseMiddleware<ApiKeyMiddleware>();
    }

    /// <summary>Maps <c>/health</c>, <c>/alive</c> and, when <c>Metrics:Prometheus</c> is true, <c>/metrics</c> for admin keys.</summary>
    public static void MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealth();
        if (TelemetrySetup.IsPrometheusOn(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint("/metrics").RequireAdmin();
        }
    }

    private static ForwardedHeadersOptions ForwardedFrom(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }

        return options;
    }

    private static void AddDrain(this WebApplicationBuilder builder)
    {
        var text = builder.Configuration[Drain.Key];
        if (!TimeSpan.TryParse(text ?? "00:00:08", System.Globalization.CultureInfo.InvariantCulture, out var grace)
            || grace < TimeSpan.Zero || grace > MaxGrace)
        {
            throw new ConfigurationException($"{Drain.Key}: must be a time from 00:00:00 to 01:00:00, is '{text}'");
        }

        builder.Services.AddSingleton(provider => new Drain(grace, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<DrainStart>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = grace + Drain.LastWords);
        var silence = new StartSilence();
        builder.Services.AddHostedService(_ => silence);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => silence.IsOver && level >= LogLevel.Information);
    }
}
