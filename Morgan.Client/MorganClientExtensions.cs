using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Morgan.Client;
using OpenAI;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers clients of Morgan.</summary>
public static class MorganClientExtensions
{
    // The name that Microsoft.Extensions.AI gives its telemetry, and the one it is to have when that is stable.
    private static readonly string[] TelemetryNames = ["Experimental.Microsoft.Extensions.AI", "Microsoft.Extensions.AI"];

    /// <summary>
    /// Registers an <see cref="IChatClient"/> and an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of
    /// <see cref="string"/> and <see cref="Embedding{T}"/> of <see cref="float"/>, both singletons, that ask a Morgan.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of the connection string, and of the section below <c>Morgan:Client</c>.</param>
    /// <param name="configureSettings">Changes what was read from the configuration.</param>
    /// <param name="configureOptions">Changes how OpenAI's client is made: it has the address, no retries, and <see cref="MorganClientSettings.NetworkTimeout"/> by then.</param>
    /// <returns>What has been registered, to be added to.</returns>
    /// <exception cref="InvalidOperationException">
    /// The connection string cannot be read. That there is none, or no model, is said when a client is first asked for.
    /// </exception>
    public static MorganClientBuilder AddMorganClient(
        this IHostApplicationBuilder builder, string connectionName, Action<MorganClientSettings>? configureSettings = null,
        Action<OpenAIClientOptions>? configureOptions = null) =>
        Add(builder, connectionName, isKeyed: false, configureSettings, configureOptions);

    /// <summary>As <see cref="AddMorganClient"/>, registered under the name as key: for an application that uses two Morgans.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The service key, the name of the connection string, and of the section below <c>Morgan:Client</c>.</param>
    /// <param name="configureSettings">Changes what was read from the configuration.</param>
    /// <param name="configureOptions">Changes how OpenAI's client is made: it has the address, no retries, and <see cref="MorganClientSettings.NetworkTimeout"/> by then.</param>
    /// <returns>What has been registered, to be added to.</returns>
    /// <exception cref="InvalidOperationException">The connection string cannot be read.</exception>
    public static MorganClientBuilder AddKeyedMorganClient(
        this IHostApplicationBuilder builder, string name, Action<MorganClientSettings>? configureSettings = null,
        Action<OpenAIClientOptions>? configureOptions = null) =>
        Add(builder, name, isKeyed: true, configureSettings, configureOptions);

    private static MorganClientBuilder Add(
        IHostApplicationBuilder builder, string name, bool isKeyed, Action<MorganClientSettings>? configureSettings,
        Action<OpenAIClientOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = MorganClientSettings.Read(builder.Configuration, name);
        configureSettings?.Invoke(settings);

        var connection = new GatewayConnection(name, settings, configureOptions);
        var services = builder.Services;
        AddTelemetry(services, settings);
        if (!settings.DisableHealthChecks)
        {
            var check = isKeyed ? $"Morgan.Client_{name}" : "Morgan.Client";
            services.AddHealthChecks().Add(new HealthCheckRegistration(
                check, provider => new GatewayHealthCheck(name, settings, connection.CreateHttpClient(provider)), failureStatus: null, tags: null));
        }

        return new(
            GatewayHttpClient.Add(services, connection.HttpClientName),
            isKeyed ? services.AddKeyedChatClient(name, connection.CreateChatClient) : services.AddChatClient(connection.CreateChatClient),
            isKeyed
                ? services.AddKeyedEmbeddingGenerator(name, connection.CreateEmbeddingGenerator)
                : services.AddEmbeddingGenerator(connection.CreateEmbeddingGenerator));
    }

    private static void AddTelemetry(IServiceCollection services, MorganClientSettings settings)
    {
        if (!settings.DisableTracing)
        {
            services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(TelemetryNames));
        }

        if (!settings.DisableMetrics)
        {
            services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(TelemetryNames));
        }
    }
}
