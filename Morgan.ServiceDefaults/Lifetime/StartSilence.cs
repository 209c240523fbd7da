using Microsoft.Extensions.Hosting;

namespace Morgan.ServiceDefaults.Lifetime;

/// <summary>
/// Whether the host has started: until then its own log category is silent, for a failed start is told in one line by
/// <see cref="ServiceHost"/> and the host would add the stack trace.
/// </summary>
internal sealed class StartSilence : IHostedLifecycleService
{
    private volatile bool _started;

    public bool IsOver => _started;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
