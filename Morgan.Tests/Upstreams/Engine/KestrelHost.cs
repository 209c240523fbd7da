using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.Upstreams.Engine;

/// <summary>A host with a network: Kestrel on a free port of the loopback.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _connections;

    private KestrelHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public int Connections => Volatile.Read(ref _connections);

    public static async Task<KestrelHost> StartAsync(
        RequestDelegate handler, X509Certificate2? certificate = null, X509Certificate2? clientCertificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        KestrelHost? host = null;
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => connection =>
            {
                Interlocked.Increment(ref host!._connections);
                return next(connection);
            });
            if (certificate is not null)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = clientCertificate is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == clientCertificate?.Thumbprint;
                });
            }
        }));
        var app = builder.Build();
        app.Run(handler);
        host = new KestrelHost(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        using var impatience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(impatience.Token);
        await _app.DisposeAsync();
    }
}
