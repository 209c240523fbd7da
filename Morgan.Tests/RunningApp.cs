using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Morgan.Tests;

/// <summary>A web application on a free loopback port, with a client for it; stopped when disposed.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningApp(WebApplication app, Uri address)
    {
        (_app, Address) = (app, address);
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Builds with <paramref name="create"/> and starts; <paramref name="settings"/> are given like a command line: <c>Key=value</c>.</summary>
    public static async Task<RunningApp> StartAsync(
        Func<string[], Action<WebApplicationBuilder>?, WebApplication> create,
        IEnumerable<string>? settings = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        string[] args = ["--urls", "http://127.0.0.1:0", "--environment", "Development", "--Logging:LogLevel:Default=Warning", "--Logging:Console:LogLevel:Default=None", .. settings ?? []];
        var app = create(args, configure);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new RunningApp(app, new Uri(address));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
    }
}
