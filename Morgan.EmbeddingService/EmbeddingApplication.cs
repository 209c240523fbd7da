using Morgan.EmbeddingService.Batching;
using Morgan.EmbeddingService.Caching;
using Morgan.EmbeddingService.Catalog;
using Morgan.EmbeddingService.Configuration;
using Morgan.EmbeddingService.Endpoints;
using Morgan.EmbeddingService.Endpoints.Admin;
using Morgan.EmbeddingService.Endpoints.Ollama;
using Morgan.EmbeddingService.Endpoints.OpenAi;
using Morgan.EmbeddingService.Endpoints.Tei;
using Morgan.EmbeddingService.Health;
using Morgan.EmbeddingService.HuggingFace;
using Morgan.EmbeddingService.Inference;
using Morgan.EmbeddingService.Pipeline;
using Morgan.EmbeddingService.Remote;
using Morgan.EmbeddingService.Requests;
using Morgan.EmbeddingService.Telemetry;
using Morgan.ServiceDefaults;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.OpenApi;
using Morgan.ServiceDefaults.Redis;
using Morgan.Upstreams;

namespace Morgan.EmbeddingService;

/// <summary>The embedding service: OpenAI-compatible embeddings by local models, with a cache that all replicas share.</summary>
public static class EmbeddingApplication
{
    /// <summary>Builds the service, ready to run.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Changes the builder before the service is built; for tests.</param>
    /// <exception cref="ConfigurationException">A configuration value is wrong; the message names its key.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        builder.AddRedisCache();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = RequestBody.MaxBytes);
        AddStages(builder.Services);
        builder.Services.AddHealthChecks().AddCheck<InferenceHealth>("model");
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapOpenApiDocument(typeof(EmbeddingApplication).Assembly);
        app.MapOpenAi();
        app.MapSimilarity();
        app.MapTei();
        app.MapOllama();
        app.MapAdmin();
        return app;
    }

    private static void AddStages(IServiceCollection services)
    {
        services.AddReloading<EmbeddingOptions>(EmbeddingOptions.Section, EmbeddingValidation.Check, RemoteNames.Complete);
        services.AddUpstreams();
        services.AddSingleton<RemoteHosts>();
        services.AddHostedService(provider => provider.GetRequiredService<RemoteHosts>());
        services.AddSingleton<RemoteLoader>();
        services.AddSingleton(Random.Shared);
        services.AddSingleton<EmbeddingMetrics>();

        services.AddSingleton(provider =>
            new L1Cache(provider.GetRequiredService<IReloading<EmbeddingOptions>>().Current.Cache.L1Bytes));
        services.AddSingleton<CacheEpoch>();
        services.AddSingleton<CachePartitions>();
        services.AddSingleton<L2Reader>();
        services.AddSingleton<L2Writer>();
        services.AddHostedService(provider => provider.GetRequiredService<L2Writer>());
        services.AddSingleton<EpochSync>();
        services.AddHostedService(provider => provider.GetRequiredService<EpochSync>());

        services.AddSingleton<SchedulerSet>();
        services.AddSingleton<SessionOpener>();
        services.AddSingleton(provider => HubSettings.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<HubClient>();
        services.AddSingleton<Downloader>();
        services.AddSingleton<HubCache>();
        services.AddSingleton<ModelSource>();
        services.AddSingleton<ModelBudget>();
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<ModelCatalog>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelCatalog>());
        services.AddSingleton<ModelUnloader>();
        services.AddHostedService<IdleModels>();
        services.AddSingleton<Embedder>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<CacheAdmin>();
    }
}
