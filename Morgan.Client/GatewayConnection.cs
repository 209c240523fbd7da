using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenAI;

namespace Morgan.Client;

/// <summary>Makes the clients of one gateway.</summary>
internal sealed class GatewayConnection(string name, MorganClientSettings settings, Action<OpenAIClientOptions>? configureOptions)
{
    /// <summary>The name of its HTTP client at <see cref="IHttpClientFactory"/>.</summary>
    public string HttpClientName => $"Morgan.Client:{name}";

    public HttpClient CreateHttpClient(IServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName);

    /// <summary>Makes the chat client. Telemetry is innermost: it sees what is really asked.</summary>
    /// <exception cref="InvalidOperationException">There is no address, or no model.</exception>
    public IChatClient CreateChatClient(IServiceProvider provider)
    {
        var client = CreateClient(provider).GetChatClient(settings.RequireChatModel(name)).AsIChatClient();
        return settings is { DisableTracing: true, DisableMetrics: true }
            ? client
            : new OpenTelemetryChatClient(client, provider.GetService<ILoggerFactory>()?.CreateLogger<OpenTelemetryChatClient>());
    }

    /// <summary>Makes the embedding generator.</summary>
    /// <exception cref="InvalidOperationException">There is no address.</exception>
    public IEmbeddingGenerator<string, Embedding<float>> CreateEmbeddingGenerator(IServiceProvider provider)
    {
        var generator = CreateClient(provider).GetEmbeddingClient(settings.EmbeddingModel).AsIEmbeddingGenerator();
        return settings is { DisableTracing: true, DisableMetrics: true }
            ? generator
            : new OpenTelemetryEmbeddingGenerator<string, Embedding<float>>(
                generator, provider.GetService<ILoggerFactory>()?.CreateLogger<OpenTelemetryEmbeddingGenerator<string, Embedding<float>>>());
    }

    private OpenAIClient CreateClient(IServiceProvider provider)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = settings.RequireEndpoint(name),
            NetworkTimeout = settings.RequireNetworkTimeout(),
            // Morgan has tried other hosts already, and backed off between them: its answer is the last word.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(CreateHttpClient(provider)),
        };
        configureOptions?.Invoke(options);
        return settings.Key is { Length: > 0 } key
            ? new OpenAIClient(new ApiKeyCredential(key), options)
            : new OpenAIClient(new NoKey(), options);
    }
}
