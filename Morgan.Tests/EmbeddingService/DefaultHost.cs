namespace Morgan.Tests.EmbeddingService;

/// <summary>One service with its defaults, shared by the tests that leave nothing behind in it.</summary>
public sealed class DefaultHost : IAsyncLifetime
{
    internal EmbeddingHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await EmbeddingHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
