using Morgan.ServiceDefaults.Configuration;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService.Configuration;

/// <summary>Puts each version of the configured hosts in force, the first before the server accepts requests.</summary>
internal sealed class HostOptionsApplied(IReloading<LlmOptions> options, HostRegistry registry) : IHostedLifecycleService, IDisposable
{
    private IDisposable? _registration;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _registration = options.OnChange(registry.Apply);
        registry.Apply(options.Current);
        await registry.WhenReady(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();
}
