using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Morgan.LlmService.Admin;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Configuration;
using Morgan.LlmService.Dispatch;
using Morgan.LlmService.Endpoints;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Fleet;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Routing;
using Morgan.LlmService.Status;
using Morgan.LlmService.Telemetry;
using Morgan.ServiceDefaults;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.OpenApi;
using Morgan.ServiceDefaults.Redis;
using Morgan.Upstreams;
using Morgan.Upstreams.Connections;
using Morgan.Upstreams.Fleet;

namespace Morgan.LlmService;

/// <summary>The LLM gateway as an application.</summary>
public static class LlmApplication
{
    /// <summary>Builds the gateway, ready to run.</summary>
    /// <param name="args">Command line: configuration such as <c>--urls</c> or <c>--Llm:Strategy</c>.</param>
    /// <param name="configure">Changes to services or configuration before the application is built, for tests.</param>
    /// <exception cref="ConfigurationException">A value is wrong; the message names its key. Some are thrown only at the start.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        builder.AddRedisState();
        AddStages(builder.Services);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapOpenApiDocument(typeof(LlmApplication).Assembly);
        app.MapOpenAiApi();
        app.MapHostsApi();
        app.MapTenantsApi();
        app.MapStatusPage();
        return app;
    }

    private static void AddStages(IServiceCollection services)
    {
        services.AddLlmOptions();
        services.TryAddSingleton<TokenCredential>(_ => new DefaultAzureCredential());
        services.AddSingleton<IHostAuthorization, HostCredentials>();
        services.AddSingleton<HostFleet>();
        services.AddSingleton<IFleet>(provider => provider.GetRequiredService<HostFleet>());
        services.AddHostedService<FleetListener>();
        services.AddUpstreams();
        services.AddHostedService<HostOptionsApplied>();
        services.AddSingleton<ModelCatalog>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelCatalog>());
        services.AddSingleton<EmbeddingLink>();
        services.AddHostedService(provider => provider.GetRequiredService<EmbeddingLink>());
        services.AddSingleton<ModelResolver>();
        services.AddSingleton<ResponseOwners>();
        services.AddTenantLimits();
        services.AddSingleton<TokenEncodings>();
        services.AddSingleton<HeldMemory>();
        services.AddSingleton<StreamUsage>();
        services.AddSingleton<GatewayTelemetry>();
        services.AddSingleton<GatewayServices>();
        services.AddSingleton<EmbeddingStatus>();
        services.AddSingleton<StatusFeed>();
        services.AddSingleton<GenerationEndpoint>();
        services.AddSingleton<EmbeddingsEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddHealthChecks()
            .AddCheck<HostsHealth>("hosts")
            .AddCheck<EmbeddingHealth>("embedding");
    }
}
