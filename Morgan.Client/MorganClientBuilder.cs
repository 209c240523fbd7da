using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Client;

/// <summary>What has been registered for one Morgan, to be added to.</summary>
public sealed class MorganClientBuilder
{
    internal MorganClientBuilder(
        IHttpClientBuilder httpClient, ChatClientBuilder chatClient, EmbeddingGeneratorBuilder<string, Embedding<float>> embeddingGenerator) =>
        (HttpClient, ChatClient, EmbeddingGenerator) = (httpClient, chatClient, embeddingGenerator);

    /// <summary>The HTTP client under both, for handlers of your own, such as one that reads the <c>x-morgan-*</c> headers.</summary>
    public IHttpClientBuilder HttpClient { get; }

    /// <summary>The pipeline around <see cref="IChatClient"/>: <c>ChatClient.UseFunctionInvocation()</c>.</summary>
    public ChatClientBuilder ChatClient { get; }

    /// <summary>The pipeline around the embedding generator: <c>EmbeddingGenerator.UseDistributedCache()</c>.</summary>
    public EmbeddingGeneratorBuilder<string, Embedding<float>> EmbeddingGenerator { get; }
}
