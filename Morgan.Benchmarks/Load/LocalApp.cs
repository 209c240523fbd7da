using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Morgan.EmbeddingService;

namespace Morgan.Benchmarks.Load;

/// <summary>A web application of this process on a free port of its own.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalApp(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The embedding service, as it ships; the settings are given like a command line.</summary>
    public static Task<LocalApp> EmbeddingAsync(CancellationToken cancellationToken, params string[] settings) => StartAsync(
        EmbeddingApplication.Create(["--urls", "http://127.0.0.1:0", "--environment", "Development", "--Logging:LogLevel:Default", "Error", .. settings]),
        cancellationToken);

    /// <summary>Nothing but Kestrel: the application answers every request.</summary>
    public static Task<LocalApp> BareAsync(Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var app = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error"]).Build();
        map(app);
        return StartAsync(app, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<LocalApp> StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        return new LocalApp(app);
    }
}
