using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Running;

namespace Morgan.Hosting.Dashboard;

/// <summary>Serves the resource list to the dashboard: gRPC over plain HTTP/2, loopback only, guarded by a key.</summary>
internal sealed class ResourceServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ResourceServer(WebApplication app) => _app = app;

    /// <summary>The address, such as <c>http://127.0.0.1:20080</c>.</summary>
    public string Url => _app.Urls.Single();

    public static async Task<ResourceServer> StartAsync(
        AppRunner runner, ResourceNotificationService notifications, DashboardSettings settings, IServiceProvider services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, settings.ResourceServicePort ?? 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton(runner);
        builder.Services.AddSingleton(notifications);
        builder.Services.AddSingleton(services.GetRequiredService<IHostEnvironment>());
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        var app = builder.Build();
        var key = Encoding.UTF8.GetBytes(settings.ResourceKey);
        app.Use((context, next) =>
        {
            var sent = Encoding.UTF8.GetBytes(context.Request.Headers["x-resource-service-api-key"].ToString());
            if (CryptographicOperations.FixedTimeEquals(sent, key))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        app.MapGrpcService<ResourceService>();
        await app.StartAsync();
        return new ResourceServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1)); // the dashboard, its only client, is gone by now
        await _app.StopAsync(deadline.Token);
        await _app.DisposeAsync();
    }
}
