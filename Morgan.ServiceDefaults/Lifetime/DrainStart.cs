using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>Starts the drain's clock as soon as the host begins to stop, before the server waits for its requests.</summary>
internal sealed class DrainStart(Drain drain, IHostApplicationLifetime lifetime, ILogger<DrainStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            drain.Begin();
            Log.Draining(logger, drain.Grace.TotalSeconds);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
